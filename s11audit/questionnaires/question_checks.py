"""What a question must agree on with its type, and with the questionnaire that it stands in."""

from __future__ import annotations

from s11audit.domain.question_types import COLUMN_TYPES, QUESTION_TYPES
from s11audit.domain.questionnaire import ActionRule, Carry, EvidenceRule, Kind
from s11audit.questionnaires.answered_checks import (
    add_keys_of_others,
    add_type_faults,
    identifies_somebody,
)
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.parts import FileParts, Part, QuestionParts, scale_of
from s11audit.questionnaires.rating_checks import add_rating_faults, add_rules_without_colours
from s11audit.questionnaires.schema import ColumnPart, QuestionPart
from s11audit.questionnaires.table_checks import add_list_faults, add_table_faults


def add_question_faults(whole: QuestionParts, parts: FileParts, faults: FaultCollector) -> None:
    """Add what is wrong with one question, its condition apart."""
    question = whole.part
    _add_citation_faults(question, faults)
    _add_lineage_faults(question, parts, faults)
    _add_tests_fault(question, parts, faults)
    if not _has_known_type(question, faults):
        return
    add_keys_of_others(question, tuple(QUESTION_TYPES), faults)
    add_type_faults(question, faults)
    _add_means_faults(question, parts, faults)
    _add_identifying_fault(question, parts, faults)
    type_name = question.values.type
    if type_name in ("rating", "agreement"):
        add_rating_faults(question, parts, faults)
    else:
        add_rules_without_colours(question, f"a {type_name} question", faults)
    if type_name == "table":
        add_table_faults(whole, faults)
        for column in whole.columns:
            _add_column_faults(column, parts, faults)
    elif type_name == "evidence-list":
        add_list_faults(question, faults)
    elif type_name == "statement":
        _add_statement_faults(question, faults)


def _has_known_type(question: Part[QuestionPart], faults: FaultCollector) -> bool:
    if not question.has("type") or "type" in question.broken:
        return False
    type_name = question.values.type
    if type_name not in QUESTION_TYPES:
        near = suggest(type_name, QUESTION_TYPES)
        faults.add(question.line("type"), f"unknown type {quote(type_name)}: {near}")
        return False
    return True


def _add_column_faults(column: Part[ColumnPart], parts: FileParts, faults: FaultCollector) -> None:
    if not column.has("type") or "type" in column.broken:
        return
    if column.values.type not in COLUMN_TYPES:
        near = suggest(column.values.type, COLUMN_TYPES)
        message = f"a column cannot be of the type {quote(column.values.type)}: {near}"
        faults.add(column.line("type"), message)
        return
    add_keys_of_others(column, COLUMN_TYPES, faults)
    add_type_faults(column, faults)
    _add_identifying_fault(column, parts, faults)


def _add_citation_faults(question: Part[QuestionPart], faults: FaultCollector) -> None:
    for index, cite in enumerate(question.values.cites):
        if bool(cite.law) == bool(cite.guidance):
            faults.add(question.line("cites", index), "a citation names either law or guidance")


def _add_lineage_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    for key in ("was", "carry"):
        if question.has(key) and not parts.head.has("replaces"):
            faults.add(question.line(key), f"{quote(key)} needs the top-level key “replaces”")
    afresh = question.values.carry is Carry.ANSWER_AFRESH
    if "carry" in question.broken or "why-afresh" in question.broken:
        return
    if afresh and not question.values.why_afresh:
        faults.add(
            question.line("carry"),
            "carry: answer-afresh needs “why-afresh”, a sentence that tells people why",
        )
    elif question.values.why_afresh and not afresh:
        faults.add(question.line("why-afresh"), "“why-afresh” needs carry: answer-afresh")


def _add_tests_fault(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    head = parts.head
    if question.has("tests") and head.values.kind is not Kind.SURVEY and "kind" not in head.broken:
        faults.add(
            question.line("tests"), f"“tests” belongs to surveys, and this is a {head.values.kind}"
        )


def _add_means_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    if not question.values.means:
        return
    codes = _codes(question, parts)
    if codes == ():
        faults.add(
            question.line("means"), f"a {question.values.type} question has no levels or options"
        )
    for code in question.values.means:
        if codes and code not in codes:
            near = suggest(code, codes)
            line = question.line("means", code)
            faults.add(line, f"“means” names {quote(code)}, which cannot be chosen: {near}")


def _codes(question: Part[QuestionPart], parts: FileParts) -> tuple[str, ...] | None:
    """What people choose among: none for most types, None where that is not certain."""
    values = question.values
    if values.type in ("rating", "agreement"):
        scale = parts.scales.get(scale_of(values))
        return tuple(level.id for level in scale.levels) if scale and scale.is_whole else None
    if values.type in ("choice", "multiple-choice"):
        return None if "options" in question.broken else tuple(one.id for one in values.options)
    return {"yes-no": ("yes", "no"), "yes-no-unsure": ("yes", "no", "unsure")}.get(values.type, ())


def _add_identifying_fault(
    answered: Part[QuestionPart] | Part[ColumnPart], parts: FileParts, faults: FaultCollector
) -> None:
    head = parts.head
    if head.values.kind is Kind.CASE_FILE_AUDIT and identifies_somebody(answered):
        type_name = answered.values.type
        faults.add(
            answered.line("type"),
            f"a case-file-audit has no {type_name}, for it could hold a name or a date of birth; "
            "offer choices, or ask for a number or a long-text",
        )


def _add_statement_faults(question: Part[QuestionPart], faults: FaultCollector) -> None:
    values = question.values
    rules = {
        "required": question.has("required"),
        "evidence": values.evidence not in (None, EvidenceRule.NONE, EvidenceRule.WHEN_GREEN),
        "action": values.action is ActionRule.NONE,
    }
    for key, is_there in rules.items():
        if is_there:
            faults.add(question.line(key), f"nobody answers a statement: leave {quote(key)} out")
