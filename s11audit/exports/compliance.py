"""The workbook of a round: what every agency said of itself, for scrutiny."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from os import PathLike
from typing import IO, Any

from sqlalchemy.orm import Session

from s11audit.domain.actions import ACTION_STATUS_LABELS
from s11audit.domain.actions import is_overdue as action_is_overdue
from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.answers import Answer
from s11audit.domain.dates import days_late, today_in_london
from s11audit.domain.numbers import counted, percent
from s11audit.domain.question_types import Cell, type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import LABELS
from s11audit.domain.routing import route
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STATUS_LABELS, RETURNED_STATUSES, is_overdue
from s11audit.exports.figures import (
    answer_cell,
    figure_keys,
    figure_rows,
    table_keys,
    table_rows,
)
from s11audit.exports.layout import layout_named
from s11audit.exports.question_rows import FigureRow, TableCellRow
from s11audit.exports.rows import (
    ActionRow,
    AnswerRow,
    RatingsRow,
    ReturnRateRow,
    ReturnStatusRow,
    StandardRow,
    StatementRow,
)
from s11audit.exports.summary import (
    NOT_RETURNED,
    UNREADABLE,
    ratings_rows,
    return_rate_rows,
    round_facts,
    signed_by,
    standard_rows,
)
from s11audit.models import AuditRound, SideState, Signature
from s11audit.queries.figures import ValueLine, submitted_values
from s11audit.queries.reports import (
    ActionLine,
    ReturnAnswers,
    ReturnLine,
    action_lines,
    return_lines,
    scorecards,
    submitted_answers,
)
from s11audit.queries.side_states import StatedLine, stated_in
from s11audit.queries.signatures import signatures_by_return

NOT_ANSWERED = LABELS["unanswered"]
TO_CONFIRM = "To confirm"


def write_compliance(
    session: Session,
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/compliance.yaml` as this viewer may see the round at this (aware) moment."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    lines = return_lines(session, audit_round, visible_to=visible_to)
    facts = round_facts(
        audit_round, questionnaire, lines, visible_to=visible_to, exported_at=exported_at
    )
    today = today_in_london(exported_at)
    write_workbook(
        layout_named("compliance"),
        facts,
        {
            **_rows_of_returns(session, audit_round, questionnaire, lines, visible_to, today),
            **_rows_of_answers(session, audit_round, questionnaire, visible_to, today),
        },
        path_or_stream,
        written_at=exported_at,
        repeats={"standards": [(each.id, each.title) for each in questionnaire.standards]},
    )


def _rows_of_returns(
    session: Session,
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    lines: Sequence[ReturnLine],
    viewer: Viewer,
    today: date,
) -> dict[type, Iterable[Any]]:
    """What is told of returns as wholes, by row class."""
    cards = scorecards(session, audit_round, visible_to=viewer)
    signatures = signatures_by_return(session, audit_round, visible_to=viewer)
    statements = stated_in(session, audit_round, visible_to=viewer)
    return {
        StandardRow: standard_rows(questionnaire, cards),
        ReturnRateRow: return_rate_rows(lines, today),
        RatingsRow: ratings_rows(questionnaire, lines, cards),
        ReturnStatusRow: return_status_rows(lines, signatures, today),
        StatementRow: statement_rows(statements),
    }


def _rows_of_answers(
    session: Session,
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    viewer: Viewer,
    today: date,
) -> dict[type, Iterable[Any]]:
    """What is told of single answers, and of what they promise, by row class."""

    def values_of(keys: Callable[[Questionnaire], list[str]]) -> Iterator[ValueLine]:
        return submitted_values(session, audit_round, keys(questionnaire), visible_to=viewer)

    answers = submitted_answers(session, audit_round, visible_to=viewer)
    actions = action_lines(session, audit_round, visible_to=viewer)
    return {
        AnswerRow: answer_rows(questionnaire, answers),
        FigureRow: figure_rows(questionnaire, values_of(figure_keys), totals=True),
        TableCellRow: table_rows(questionnaire, values_of(table_keys)),
        ActionRow: action_rows(questionnaire, actions, today),
    }


def answer_rows(
    questionnaire: Questionnaire, returns: Iterable[ReturnAnswers]
) -> Iterator[AnswerRow]:
    """A row for every question that each return was asked, answered or not, in its order."""
    for each in returns:
        values = {key: answer.value for key, answer in each.answers.items()}
        asked = route(questionnaire, each.respondent, values).asked
        agency = (
            each.agency_reference,
            each.agency,
            agency_type_label(each.respondent.agency_type),
        )
        for standard in questionnaire.standards:
            for question in asked.get(standard.id, ()):
                if type_of(question).has_answer:
                    answer = each.answers.get(question.key, Answer())
                    waits = question.key in each.to_confirm
                    files = each.files.get(question.key, ())
                    yield answer_row(
                        agency, standard.title, question, answer, files=files, to_confirm=waits
                    )


def answer_row(
    agency: tuple[str, str, str],
    standard: str,
    question: Question,
    answer: Answer,
    *,
    files: Sequence[str] = (),
    to_confirm: bool = False,
) -> AnswerRow:
    """One question and its answer; `agency` is its reference, name and type, `files` are names.

    What was brought forward and waits `to_confirm` stands as that, and has no colour.
    """
    return AnswerRow(
        *agency,
        standard=standard,
        question_key=question.key,
        question=question.title,
        ask=question.ask,
        answer=_answer_cell(question, answer.value, to_confirm),
        rag="" if to_confirm else rag_in_words(question, answer.value),
        reason=answer.reason,
        comment=answer.comment,
        evidence="\n".join(filter(None, [answer.evidence, *(f"File: {one}" for one in files)])),
        link=answer.link,
        action_what=answer.promise.what,
        action_post=answer.promise.post,
        action_due_on=answer.promise.due_on,
    )


def _answer_cell(question: Question, value: str, to_confirm: bool) -> Cell:
    if not value:
        return TO_CONFIRM if to_confirm else NOT_ANSWERED
    if to_confirm:
        return f"{TO_CONFIRM}: {type_of(question).shown(question, value)}"
    return answer_cell(question, value)


def rag_in_words(question: Question, value: str) -> str:
    """The colour of a rating as a word; empty where the question's scale has no colours."""
    if question.scale is None or not question.scale.has_rag:
        return ""
    level = question.scale.level(value)
    if level is None:
        return NOT_ANSWERED
    if not level.applicable:
        return LABELS["not-applicable"]
    return LABELS[level.rag] if level.rag else LABELS["not-rated"]


def action_rows(
    questionnaire: Questionnaire, lines: Iterable[ActionLine], today: date
) -> Iterator[ActionRow]:
    for line in lines:
        question = questionnaire.by_key.get(line.question_key)
        standard = questionnaire.standard(line.question_key.partition(".")[0])
        yield ActionRow(
            reference=line.reference,
            agency_reference=line.agency_reference,
            agency=line.agency,
            standard=standard.title if standard else "",
            question_key=line.question_key,
            question=question.title if question else "",
            what=line.what,
            post=line.post,
            due_on=line.due_on,
            status=ACTION_STATUS_LABELS[line.status],
            overdue=yes_or_no(action_is_overdue(line.status, line.due_on, today)),
            impact=line.impact,
        )


def return_status_rows(
    lines: Iterable[ReturnLine], signatures: Mapping[int, Sequence[Signature]], today: date
) -> Iterator[ReturnStatusRow]:
    for line in lines:
        instead = UNREADABLE.get(line.status, "")
        required = 0 if instead else line.required
        yield ReturnStatusRow(
            agency_reference=line.agency_reference,
            agency=line.agency,
            agency_type=agency_type_label(line.agency_type),
            return_reference=line.reference,
            status=RETURN_STATUS_LABELS[line.status],
            due_on=line.due_on,
            overdue=yes_or_no(is_overdue(line.status, line.due_on, today)),
            submitted_at=line.submitted_at,
            returned=returned_in_words(line),
            signed_by=signed_by(signatures.get(line.return_id, ())),
            receipt=line.receipt or "",
            answered_of_required=f"{line.answered}/{required}" if required else instead,
            completion_pct=percent(line.answered, required),
            rating=LABELS[line.rating] if line.rating else instead,
            because=line.because,
        )


def returned_in_words(line: ReturnLine) -> str:
    """`In time`, `Late by 2 days`, `Not returned`, or `Exempt`."""
    if line.status not in RETURNED_STATUSES:
        return UNREADABLE.get(line.status, NOT_RETURNED)
    late = days_late(line.submitted_at, line.due_on)
    return f"Late by {counted(late, 'day')}" if late else "In time"


def statement_rows(statements: Iterable[StatedLine]) -> Iterator[StatementRow]:
    for line in statements:
        stated = line.statement
        yield StatementRow(
            agency_reference=line.agency_reference,
            agency=line.agency,
            state=RETURN_STATUS_LABELS[stated.state],
            can_assure=yes_or_no(stated.can_assure),
            explanation=stated.explanation,
            document=_document(stated),
            post=stated.post,
            stated_at=stated.stated_at,
        )


def _document(stated: SideState) -> str:
    """Where it is, and the name of its file, which is not handed out with the workbook."""
    named = f"File: {stated.file.name}" if stated.file else ""
    return "\n".join(filter(None, [stated.document, named]))


def yes_or_no(fact: bool) -> str:
    return "Yes" if fact else "No"
