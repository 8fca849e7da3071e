"""What conditions say about other questions: that these exist, can be so answered, and end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from s11audit.domain.conditions import Condition
from s11audit.domain.question_types import QUESTION_TYPES, WrongValueError, type_of
from s11audit.domain.questionnaire import Question
from s11audit.questionnaires.building import build_question, build_scale
from s11audit.questionnaires.conditions import ConditionReader, Look, add_loops
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.parts import FileParts, QuestionParts, scale_of


class ConditionChecker:
    """Reads every `when` of a file and checks it against the whole."""

    def __init__(self, parts: FileParts, faults: FaultCollector) -> None:
        self._parts = parts
        self._faults = faults
        self._by_key: dict[str, QuestionParts] = {}
        self._asked: dict[str, frozenset[str] | None] = {}
        for key, standard, question in parts.questions():
            self._by_key.setdefault(key, question)
            outer, inner = standard.part.values.for_, question.part.values.for_
            self._asked.setdefault(key, _both(outer, inner))

    def conditions(self) -> Mapping[str, Condition]:
        """Condition by question key; those that cannot be read are collected as faults."""
        conditions: dict[str, Condition] = {}
        looks: dict[str, list[Look]] = {key: [] for key in self._by_key}
        for key, _, parts in self._parts.questions():
            question = parts.part
            if not question.has("when"):
                continue
            reader = ConditionReader(self._faults)
            condition = reader.read(question.section["when"], question.line("when"))
            if condition:
                conditions[key] = condition
            looks[key] = reader.looks
            for look in reader.looks:
                self._add_look_faults(key, look)
        lines = {key: parts.part.line("when") for key, parts in self._by_key.items()}
        add_loops(looks, lines, self._faults)
        return conditions

    def _add_look_faults(self, key: str, look: Look) -> None:
        named = self._by_key.get(look.question)
        if named is None:
            same_id = [key for key in self._by_key if key.endswith(f".{look.question}")]
            meant = f"did you mean {quote(same_id[0])}?" if same_id else ""
            self._faults.add(
                look.line,
                f"the condition of {quote(key)} names a missing question "
                f"{quote(look.question)}: {meant or suggest(look.question, self._by_key)}",
            )
            return
        mine, theirs = self._asked[key], self._asked[look.question]
        if mine is not None and theirs is not None and not mine & theirs:
            self._faults.add(
                look.line,
                f"{quote(look.question)} is not asked of any agency type that {quote(key)} is "
                "meant for",
            )
        question = self._question(look.question, named)
        if question:
            self._add_value_fault(question, look)

    def _question(self, key: str, parts: QuestionParts) -> Question | None:
        """The question named, as far as its answers go; None where that is not certain."""
        part = parts.part
        if part.values.type not in QUESTION_TYPES or part.broken & {"type", "scale", "options"}:
            return None
        name = scale_of(part.values)
        scale = self._parts.scales.get(name)
        if name and (scale is None or not scale.is_whole):
            return None
        without_columns = QuestionParts(part)
        return build_question(
            key, without_columns, build_scale(name, scale) if scale else None, None
        )

    def _add_value_fault(self, question: Question, look: Look) -> None:
        codes = type_of(question).codes(question)
        if codes is not None:
            if look.value not in codes:
                self._faults.add(
                    look.line,
                    f"{quote(look.question)} is never answered {quote(look.value)}: "
                    f"{suggest(look.value, codes)}",
                )
        elif question.type == "number":
            self._add_number_fault(question, look)
        else:
            self._faults.add(
                look.line,
                f"a condition cannot look at {quote(look.question)}, a {question.type} question: "
                "look at one that is answered with a choice, a declaration or a number",
            )

    def _add_number_fault(self, question: Question, look: Look) -> None:
        try:
            stored = type_of(question).read(question, look.value, date.min)
        except WrongValueError as wrong:
            stored, reason = "", f": {wrong}"
        else:
            reason = f": write it as {stored}"
        if look.value != stored:
            self._faults.add(
                look.line, f"{quote(look.question)} is never answered {quote(look.value)}{reason}"
            )


def _both(outer: list[str] | None, inner: list[str] | None) -> frozenset[str] | None:
    """The agency types that are asked, given those of the standard and of the question."""
    if outer is None or inner is None:
        named = outer if inner is None else inner
        return None if named is None else frozenset(named)
    return frozenset(outer) & frozenset(inner)
