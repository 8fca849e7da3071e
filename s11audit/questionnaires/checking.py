"""What the parts of one file must agree on, beyond the form of each."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from s11audit.questionnaires.audience_checks import add_audience_faults
from s11audit.questionnaires.faults import FaultCollector, quote, repeated
from s11audit.questionnaires.parts import FileParts, Part, StandardParts
from s11audit.questionnaires.question_checks import add_question_faults
from s11audit.questionnaires.scale_checks import add_scale_faults
from s11audit.questionnaires.schema import QuestionPart, StandardPart


def add_disagreements(parts: FileParts, faults: FaultCollector) -> None:
    """Add every fault that shows only when parts are seen together."""
    _add_head_faults(parts, faults)
    for name, scale in parts.scales.items():
        add_scale_faults(name, scale, faults)
    ids = [(standard.part.id, standard.part.line("id")) for standard in parts.standards]
    _add_duplicates(ids, "standard", faults)
    for standard in parts.standards:
        _add_standard_faults(standard, faults)
    for _, _, question in parts.questions():
        add_question_faults(question, parts, faults)


def _add_head_faults(parts: FileParts, faults: FaultCollector) -> None:
    head = parts.head
    for key in ("version", "replaces"):
        if key in head.section.unquoted and key not in head.broken:
            written = head.section[key]
            faults.add(head.line(key), f'write the {key} in quotes: {key}: "{written}"')
    if head.values.replaces and head.values.replaces == head.values.version:
        faults.add(head.line("replaces"), "a version cannot replace itself")
    if head.values.dropped and not head.has("replaces"):
        faults.add(head.line("dropped"), "“dropped” needs the top-level key “replaces”")
    if head.has("standards") and "standards" not in head.broken and not head.values.standards:
        faults.add(head.line("standards"), "there is no standard; add one with its questions")
    if "rag" not in head.broken:
        _add_threshold_faults(parts, faults)


def _add_threshold_faults(parts: FileParts, faults: FaultCollector) -> None:
    rag = parts.head.values.rag
    red_below, green_from = Fraction(rag.red_below), Fraction(rag.green_from)
    line = parts.head.line("rag")
    if not all(0 <= threshold <= 100 for threshold in (red_below, green_from)):
        faults.add(line, "thresholds are percentages, from 0 to 100")
    elif red_below > green_from:
        faults.add(
            line,
            f"red-below ({rag.red_below}) is above green-from ({rag.green_from}): "
            "swap them, or lower red-below",
        )


def _add_standard_faults(standard: StandardParts, faults: FaultCollector) -> None:
    part = standard.part
    if part.has("questions") and "questions" not in part.broken and not part.values.questions:
        faults.add(part.line("questions"), f"standard {quote(part.id)} has no question; add one")
    add_audience_faults(part, faults)
    questions = [question.part for question in standard.questions]
    ids = [(question.id, question.line("id")) for question in questions]
    _add_duplicates(ids, f"standard {quote(part.id)}: question", faults)
    for question in questions:
        add_audience_faults(question, faults)
        _add_unasked_fault(part, question, faults)


def _add_unasked_fault(
    standard: Part[StandardPart], question: Part[QuestionPart], faults: FaultCollector
) -> None:
    outer, inner = standard.values.for_, question.values.for_
    if outer and inner and not set(outer) & set(inner):
        faults.add(
            question.line("for"),
            f"nobody is asked this: its standard is only for {', '.join(outer)}",
        )


def _add_duplicates(ids: Iterable[tuple[str, int]], name: str, faults: FaultCollector) -> None:
    for line, id_, first in repeated((id_, line) for id_, line in ids if id_):
        faults.add(line, f"{name} {quote(id_)} is here twice: line {first} has it already")
