"""A file of answers to one questionnaire, for scoring without a database."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from s11audit.domain.agency_types import AGENCY_TYPE_LABELS
from s11audit.domain.audience import Respondent
from s11audit.domain.question_types import (
    RowsType,
    WrongCellsError,
    WrongValueError,
    type_of,
)
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.questionnaires.audience_checks import misspelt
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.schema import SLUG_PATTERN
from s11audit.questionnaires.source import Items, Section, read_bytes, read_source

ANSWER_FILE_KEYS = ("agency_type", "attributes", "partnerships", "answers")


@dataclass(frozen=True)
class AnswerFile:
    """What one agency answered: question key → level id or value, as stored."""

    respondent: Respondent
    answers: Mapping[str, str]


def load_answers(path: Path | str, questionnaire: Questionnaire, today: date) -> AnswerFile:
    """The answers in this file; raises QuestionnaireFaultsError with everything wrong in it."""
    faults = FaultCollector(str(path))
    root = read_source(read_bytes(Path(path), faults), faults)
    for key in root:
        if key not in ANSWER_FILE_KEYS:
            near = suggest(key, ANSWER_FILE_KEYS)
            faults.add(root.lines[key], f"unknown key {quote(key)}: {near}")
    respondent = Respondent(
        _agency_type(root, faults),
        _codes(root, "attributes", faults),
        frozenset(reference.upper() for reference in _codes(root, "partnerships", faults)),
    )
    answers = _answers(root, questionnaire, today, faults)
    faults.raise_if_any()
    return AnswerFile(respondent, answers)


def _codes(root: Section, key: str, faults: FaultCollector) -> frozenset[str]:
    written = root.get(key, [])
    if isinstance(written, list) and all(isinstance(code, str) for code in written):
        return frozenset(written)
    faults.add(root.lines[key], f"{quote(key)} should be a list, such as [sixth-form, boarding]")
    return frozenset()


def _agency_type(root: Section, faults: FaultCollector) -> str:
    written = root.get("agency_type")
    line = root.lines.get("agency_type", root.line)
    if written is None:
        faults.add(line, "the key “agency_type” is missing here")
    elif not isinstance(written, str) or not re.match(SLUG_PATTERN, written):
        faults.add(line, "“agency_type” should be one word, such as “police” or “nhs-trust”")
    elif meant := misspelt(written, AGENCY_TYPE_LABELS):
        faults.add(line, f"unknown agency type {quote(written)}: did you mean {quote(meant)}?")
    else:
        return written
    return ""


def _answers(
    root: Section, questionnaire: Questionnaire, today: date, faults: FaultCollector
) -> dict[str, str]:
    section = root.get("answers", Section(root.line))
    line = root.lines.get("answers", root.line)
    if "answers" not in root:
        faults.add(line, "the key “answers” is missing here")
    if section == "":  # `answers:` with nothing after it: nothing was answered
        return {}
    if not isinstance(section, Section):
        faults.add(line, "“answers” should be a set of “standard.question: level or value”")
        return {}
    answers: dict[str, str] = {}
    for key, written in section.items():
        question = questionnaire.by_key.get(key)
        line = section.lines[key]
        if question is None:
            near = suggest(key, questionnaire.by_key)
            faults.add(line, f"unknown question {quote(key)}: {near}")
        else:
            value = _value(question, written, line, today, faults)
            if value:
                answers[key] = value
    return answers


def _value(
    question: Question, written: object, line: int, today: date, faults: FaultCollector
) -> str:
    """The value to store for what stands in the file; "" where it is nothing, or a fault."""
    text = _as_text(question, written)
    if text is None:
        wanted = "a list of rows" if _has_rows(question) else "one value"
        faults.add(line, f"the answer to {quote(question.key)} should be {wanted}")
        return ""
    try:
        return type_of(question).read(question, text, today) if text else ""
    except WrongCellsError as wrong:
        rows = type_of(question)
        assert isinstance(rows, RowsType)  # noqa: S101 (tells mypy)
        for fault in wrong.faults:
            faults.add(line, f"{quote(question.key)}: {rows.in_words(question, [fault])}")
    except WrongValueError as wrong:
        codes = None if isinstance(written, Items) else type_of(question).codes(question)
        right = suggest(text, codes) if codes else str(wrong)
        faults.add(line, f"{quote(question.key)} cannot be {quote(text)}: {right}")
    return ""


def _has_rows(question: Question) -> bool:
    return isinstance(type_of(question), RowsType)


def _as_text(question: Question, written: object) -> str | None:
    """What stands in the file as its type reads it; None where it has not the right shape."""
    if isinstance(written, str):
        return written
    if not isinstance(written, Items):
        return None
    if _has_rows(question):
        rows = all(isinstance(row, Section) and _is_flat(row) for row in written)
        return json.dumps(written, ensure_ascii=False) if rows else None
    several = question.type == "multiple-choice" and all(isinstance(one, str) for one in written)
    return " ".join(written) if several else None


def _is_flat(row: Section) -> bool:
    return all(isinstance(cell, str) for cell in row.values())
