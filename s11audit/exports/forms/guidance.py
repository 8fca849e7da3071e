"""What a form says about a question besides asking it: when, of whom, and what answers mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from s11audit.domain.conditions import Condition, Is
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.routing_words import audience_words, joined_words
from s11audit.exports.forms.layout import Words

BULLET = "•"


class Guide:
    """Puts routing in words. `numbers` has what each question on the form is numbered."""

    def __init__(
        self, questionnaire: Questionnaire, numbers: Mapping[str, str], words: Words
    ) -> None:
        self._questionnaire = questionnaire
        self._numbers = numbers
        self._words = words

    def beside_question(self, question: Question, *, tell_audience: bool) -> str:
        """When to answer, what help there is, and whether it may stay empty; a line each."""
        words = self._words
        lines = []
        if question.when:
            lines.append(words.only_if.format(condition=self._when(question.when)))
        if tell_audience and (audience := audience_words(question.audience)):
            lines.append(words.only_for.format(audience=audience))
        if question.critical:
            lines.append(words.critical)
        lines.append(question.help.strip())
        if question.unit:
            lines.append(words.unit.format(unit=question.unit))
        if question.type == "multiple-choice":
            lines.append(words.choose_several)
        if question.type == "percentage":
            lines.append(words.percentage)
        if not question.required and type_of(question).has_answer:
            lines.append(words.optional)
        return "\n".join(line for line in lines if line)

    def _when(self, condition: Condition) -> str:
        """A condition as a person reads it, naming questions by their numbers."""
        words = self._words
        return joined_words(condition, self._say, and_=words.and_, or_=words.or_, not_=words.not_)

    def _say(self, condition: Is) -> str:
        words = self._words
        question = self._questionnaire.by_key[condition.question]
        return (words.is_not if condition.negated else words.is_).format(
            number=self._numbers.get(question.key, question.key),
            title=question.title,
            answer=type_of(question).shown(question, condition.value),
        )


def meanings(question: Question, words: Words) -> str:
    """What can be chosen, and what it means for this question; "" where that is not said.

    Without a meaning of any it is one line: on paper nobody sees the list of the cell.
    """
    codes = type_of(question).codes(question) or ()
    labels = {code: type_of(question).shown(question, code) for code in codes}
    said = {code: " ".join(question.meaning(code).split()) for code in labels}
    if any(said.values()):
        lines = (words.means.format(label=labels[c], meaning=said[c]) for c in labels if said[c])
        return "\n".join(lines)
    if question.type == "multiple-choice" or not labels:  # several: each has a line of its own
        return ""
    choose = words.one_of if len(labels) > 1 else words.only_one
    return choose.format(labels="; ".join(labels.values()))


def good_practice(question: Question, words: Words) -> str:
    """What good looks like, as a list; "" if nothing says so."""
    return _listed(words.good, question.good)


def sources_of(question: Question, words: Words) -> str:
    """Examples of evidence, and the law and guidance behind the question, as lists."""
    lists = (
        _listed(words.examples, question.examples),
        _listed(words.cites, [str(cite) for cite in question.cites]),
    )
    return "\n".join(each for each in lists if each)


def _listed(heading: str, items: Iterable[str]) -> str:
    return "\n".join(_lines(heading, items))


def _lines(heading: str, items: Iterable[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        if number == 0:
            yield heading
        yield f"{BULLET} {' '.join(item.split())}"
