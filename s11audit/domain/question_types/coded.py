"""Types whose values are codes with labels: levels, options, yes and no."""

from __future__ import annotations

from datetime import date

from s11audit.domain.question_types.base import Cell, QuestionType, WrongValueError
from s11audit.domain.questionnaire import Question


class Coded(QuestionType):
    """Types whose values are codes with labels."""

    missing_message = "Select an answer"

    def labels(self, question: Question) -> dict[str, str]:
        """Code → label, in order."""
        raise NotImplementedError

    def codes(self, question: Question) -> tuple[str, ...]:
        return tuple(self.labels(question))

    def read(self, question: Question, text: str, today: date) -> str:
        code = text.strip()
        if code not in self.labels(question):
            known = ", ".join(f"“{label}”" for label in self.labels(question).values())
            raise WrongValueError(f"Select one of {known}")
        return code

    def shown(self, question: Question, value: str) -> str:
        return self.labels(question).get(value, value)


class RatingType(Coded):
    name = "rating"
    label = "Rating"
    keys = frozenset({"scale", "critical"})

    def labels(self, question: Question) -> dict[str, str]:
        return {level.id: level.label for level in question.scale.levels} if question.scale else {}


class AgreementType(RatingType):
    name = "agreement"
    label = "Agreement"
    keys = frozenset({"scale"})


class YesNoType(Coded):
    name = "yes-no"
    label = "Yes or no"

    def labels(self, question: Question) -> dict[str, str]:
        return {"yes": "Yes", "no": "No"}


class YesNoUnsureType(YesNoType):
    name = "yes-no-unsure"
    label = "Yes, no or not sure"

    def labels(self, question: Question) -> dict[str, str]:
        return {"yes": "Yes", "no": "No", "unsure": "Not sure"}


class ChoiceType(Coded):
    name = "choice"
    label = "One choice"
    keys = frozenset({"options"})

    def labels(self, question: Question) -> dict[str, str]:
        return {option.id: option.label for option in question.options}


class MultipleChoiceType(ChoiceType):
    """Any of its options. The value is their codes in the order of the file, a space between."""

    name = "multiple-choice"
    label = "Several choices"
    missing_message = "Select at least one answer"

    def read(self, question: Question, text: str, today: date) -> str:
        chosen = set(text.split())
        labels = self.labels(question)
        if not chosen <= labels.keys():
            known = ", ".join(f"“{label}”" for label in labels.values())
            raise WrongValueError(f"Choose only from {known}")
        alone = [option for option in question.options if option.alone and option.id in chosen]
        if alone and len(chosen) > 1:
            label = alone[0].label
            raise WrongValueError(f"Select “{label}” on its own, or take that choice away")
        return " ".join(code for code in labels if code in chosen)

    def shown(self, question: Question, value: str) -> str:
        labels = self.labels(question)
        return "; ".join(labels.get(code, code) for code in value.split())

    def cells(self, question: Question, value: str) -> list[tuple[str, Cell]]:
        chosen = value.split()
        return [
            (label, ("Yes" if code in chosen else "No") if chosen else None)
            for code, label in self.labels(question).items()
        ]


class DeclarationType(Coded):
    """A tick that stands for the words beside it."""

    name = "declaration"
    label = "Declaration"
    keys = frozenset({"agree"})
    missing_message = "Tick the box to confirm this"

    def labels(self, question: Question) -> dict[str, str]:
        return {"agreed": question.agree or "I confirm this"}
