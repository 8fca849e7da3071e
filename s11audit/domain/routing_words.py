"""Routing in words: of whom something is asked, and when."""

from __future__ import annotations

from collections.abc import Callable

from s11audit.domain.agency_types import agency_attribute_label, agency_type_label
from s11audit.domain.audience import Audience
from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire


def condition_words(condition: Condition, questionnaire: Questionnaire) -> str:
    """A condition as a person reads it: “your answer to “Volunteers” is “Yes””."""

    def say(one: Is) -> str:
        question = questionnaire.by_key[one.question]
        verb = "is not" if one.negated else "is"
        answer = type_of(question).shown(question, one.value)
        return f"your answer to “{question.title}” {verb} “{answer}”"

    return joined_words(condition, say)


def joined_words(
    condition: Condition,
    say: Callable[[Is], str],
    *,
    and_: str = " and ",
    or_: str = " or ",
    not_: str = "it is not so that {condition}",
) -> str:
    """A condition in the words that `say` has for each answer it looks at, and these between."""

    def inner(one: Condition) -> str:
        words = joined_words(one, say, and_=and_, or_=or_, not_=not_)
        several = isinstance(one, AnyOf | AllOf) and len(one.conditions) > 1
        return f"({words})" if several else words

    match condition:
        case Is():
            return say(condition)
        case AnyOf(conditions=conditions):
            return or_.join(map(inner, conditions))
        case AllOf(conditions=conditions):
            return and_.join(map(inner, conditions))
        case Not():
            return not_.format(condition=inner(condition.condition))


def audience_words(audience: Audience) -> str:
    """Who is asked, such as “School or College; marked “Boarding””; "" for everybody."""
    words = []
    if audience.agency_types is not None:
        words.append(" or ".join(map(agency_type_label, sorted(audience.agency_types))))
    if audience.attributes is not None:
        labels = map(agency_attribute_label, sorted(audience.attributes))
        words.append("marked " + " or ".join(f"“{label}”" for label in labels))
    if audience.partnerships is not None:
        words.append(f"in {' or '.join(sorted(audience.partnerships))}")
    return "; ".join(words)
