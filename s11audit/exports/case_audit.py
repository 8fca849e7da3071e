"""The workbook of a case audit: the same numbers as its pages, from the same functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from os import PathLike
from typing import IO, Any

from sqlalchemy.orm import Session

from s11audit.domain.actions import ACTION_STATUS_LABELS, is_overdue
from s11audit.domain.dates import today_in_london
from s11audit.domain.measures import COUNTED_OF_LABELS, DIRECTION_LABELS, choices_of
from s11audit.domain.panels import RagCount, graded_questions
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import LABELS
from s11audit.exports.case_audit_facts import facts_of
from s11audit.exports.case_rows import (
    CaseFileRow,
    FindingRow,
    GradeRow,
    MeasureRow,
    RagCountRow,
    RecommendedRow,
    ShiftRow,
)
from s11audit.exports.compliance import yes_or_no
from s11audit.exports.layout import layout_named
from s11audit.models import CaseAudit
from s11audit.queries.case_grades import GradeLine, GradeTable, grade_table
from s11audit.queries.case_reading import CaseRead, FileRead, cases_read
from s11audit.queries.findings import (
    FindingRead,
    RecommendationRead,
    findings_of,
    recommendations_of,
)
from s11audit.queries.measures import MeasureRead, measures_of

LAYOUT = "case-audit"
GIVEN, AGREED = "Agencies’ own grades", "Agreed grades"
NO_INVOLVEMENT, NOT_ASKED = "No involvement", LABELS["not-asked"]
GONE = "Deleted"


def write_case_audit(
    session: Session,
    audit: CaseAudit,
    questionnaire: Questionnaire,
    *,
    exported_by: str,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/case-audit.yaml`. Whoever calls has found the audit, which must be opened.

    Where what agencies answered is deleted, it has the agreed grades that stay, and says so.
    """
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    cases = cases_read(session, audit, questionnaire)
    table = grade_table(questionnaire, cases)
    today, are_deleted = today_in_london(exported_at), audit.emptied_at is not None
    rows: dict[type, Iterable[Any]] = {
        CaseFileRow: file_rows(cases),
        GradeRow: grade_rows(questionnaire, cases, are_deleted=are_deleted),
        RagCountRow: count_rows(table, are_deleted=are_deleted),
        ShiftRow: () if are_deleted else shift_rows(table),
        FindingRow: finding_rows(findings_of(session, audit), questionnaire),
        RecommendedRow: recommended_rows(recommendations_of(session, audit), today),
        MeasureRow: measure_rows(measures_of(session, audit), questionnaire),
    }
    facts = facts_of(audit, questionnaire, table, cases, exported_by, exported_at)
    write_workbook(
        layout_named(LAYOUT),
        facts,
        rows,
        path_or_stream,
        written_at=exported_at,
        repeats={"agencies": list(agencies_of(cases).items())},
    )


def agencies_of(cases: Sequence[CaseRead]) -> dict[str, str]:
    """Reference → name of every agency with a file on any of these cases, by name."""
    agencies = {file.file.agency for one in cases for file in one.files}
    return {one.reference: one.name for one in sorted(agencies, key=lambda agency: agency.name)}


def file_rows(cases: Sequence[CaseRead]) -> Iterator[CaseFileRow]:
    for one in cases:
        for file in one.files:
            yield CaseFileRow(
                one.case.reference,
                file.agency,
                yes_or_no(file.is_involved),
                file.file.no_involvement_reason,
                yes_or_no(file.file.sheet.finished_at is not None) if file.is_involved else "",
            )


def grade_rows(
    questionnaire: Questionnaire, cases: Sequence[CaseRead], *, are_deleted: bool = False
) -> Iterator[GradeRow]:
    """Every graded question of every case, with each agency's level and the agreed one.

    Where agencies' answers are deleted, only those that have an agreed grade.
    """
    nothing = dict.fromkeys(agencies_of(cases), "")
    for one in cases:
        for question in graded_questions(questionnaire):
            grade = one.agreed.get(question.key)
            if are_deleted and grade is None:
                continue
            standard = questionnaire.standard(question.standard_id)
            yield GradeRow(
                case=one.case.reference,
                standard=standard.title if standard else "",
                question=question.title,
                given=nothing
                | {
                    file.file.agency.reference: _given(file, question, are_deleted)
                    for file in one.files
                },
                variance=GONE if are_deleted else one.variance(question).words,
                agreed=_label(question, grade.level) if grade else "",
                agreed_rag=LABELS.get(grade.rag, "") if grade else "",
                reasons=grade.reasons if grade else "",
            )


def count_rows(table: GradeTable, *, are_deleted: bool = False) -> Iterator[RagCountRow]:
    """Both sides of each question, of each standard and of the audit, never in one row.

    Where agencies' answers are deleted, only the side of the agreed grades is left to count.
    """
    for standard, line, is_total in _lines(table):
        sides = ((AGREED, line.agreed), (GIVEN, line.given))
        for side, count in sides[:1] if are_deleted else sides:
            yield _count_row(standard, line, side, count, is_total=is_total)


def shift_rows(table: GradeTable) -> Iterator[ShiftRow]:
    for standard, line, is_total in _lines(table):
        moved = line.shifts
        yield ShiftRow(
            standard,
            line.title,
            moved.compared,
            moved.kept,
            moved.raised,
            moved.lowered,
            moved.changed,
            line.differing,
            line.compared,
            is_total,
        )


def finding_rows(
    findings: Iterable[FindingRead], questionnaire: Questionnaire
) -> Iterator[FindingRow]:
    for one in findings:
        yield FindingRow(one.kind, one.about, one.theme(questionnaire), one.finding.text)


def recommended_rows(
    recommendations: Iterable[RecommendationRead], today: date
) -> Iterator[RecommendedRow]:
    """A row an action; a recommendation without any has a row of its own."""
    for one in recommendations:
        finding = one.recommendation.finding
        said = (one.recommendation.text, finding.text if finding else "")
        if not one.actions:
            yield RecommendedRow(*said)
        for action in one.actions:
            yield RecommendedRow(
                *said,
                action=action.reference,
                agency=action.agency.name,
                what=action.what,
                post=action.post,
                due_on=action.due_on,
                status=ACTION_STATUS_LABELS[action.status],
                overdue=yes_or_no(is_overdue(action.status, action.due_on, today)),
                impact=action.impact,
            )


def measure_rows(
    measures: Iterable[MeasureRead], questionnaire: Questionnaire
) -> Iterator[MeasureRow]:
    for one in measures:
        held, compared = one.measure, one.compared
        direction = compared.direction if compared else None
        yield MeasureRow(
            measure=held.title,
            counted=COUNTED_OF_LABELS[held.counted_of],
            answer=answer_counted(one, questionnaire),
            part=held.numerator,
            whole=held.denominator,
            share=one.tally.share,
            before=compared.before.words if compared else "No comparator",
            now=one.tally.words,
            direction=f"{direction} {DIRECTION_LABELS[direction]}" if direction else "–",
            caution=one.caution,
            counted_at=held.counted_at,
        )


def answer_counted(one: MeasureRead, questionnaire: Questionnaire) -> str:
    """`Voice heard: Strong`; empty of what was counted by hand."""
    question = questionnaire.by_key.get(one.measure.question_key)
    if question is None:
        return ""
    return f"{question.title}: {choices_of(question).get(one.measure.level, one.measure.level)}"


def _lines(table: GradeTable) -> Iterator[tuple[str, GradeLine, bool]]:
    """Standard, line, and whether it is a sum; the audit's own comes last."""
    for group in table.groups:
        for line in group.lines:
            yield group.standard.title, line, False
        yield group.standard.title, GradeLine("All of this part").plus(group.total), True
    yield "All parts", table.total, True


def _count_row(
    standard: str, line: GradeLine, side: str, count: RagCount, *, is_total: bool
) -> RagCountRow:
    return RagCountRow(
        standard,
        line.title,
        side,
        count.red,
        count.amber,
        count.green,
        count.rated,
        count.uncoloured,
        count.not_applicable,
        count.waiting,
        is_total,
    )


def _given(file: FileRead, question: Question, is_deleted: bool) -> str:
    """What one agency's cell shows: its level, or why it has none."""
    if not file.is_involved:
        return NO_INVOLVEMENT
    if is_deleted:
        return GONE
    if question.key not in file.asked:
        return NOT_ASKED
    value = file.value(question)
    return _label(question, value) if value else LABELS["unanswered"]


def _label(question: Question, level_id: str) -> str:
    level = question.scale.level(level_id) if question.scale else None
    return level.label if level else level_id
