"""The workbook of one return, for the agency that it belongs to, at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from os import PathLike
from typing import IO

from sqlalchemy.orm import Session

from s11audit.domain.actions import ACTION_STATUS_LABELS, is_overdue
from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.answers import Answer
from s11audit.domain.dates import long_date, long_time, today_in_london
from s11audit.domain.numbers import counted, plain_number
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import LABELS, SIDE_LABELS, Rating, Side
from s11audit.domain.scoring import ReturnScore, Scorecard, score
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STATUS_LABELS
from s11audit.exports.compliance import answer_rows, yes_or_no
from s11audit.exports.figures import figure_rows, table_rows
from s11audit.exports.layout import layout_named
from s11audit.exports.question_rows import FigureRow, TableCellRow
from s11audit.exports.rows import ActionRow, AnswerRow, ReturnFacts, ScorecardRow
from s11audit.exports.summary import NOT_ASKED, of_whole, signed_by
from s11audit.models import Action, AgencyReturn
from s11audit.queries.figures import ValueLine
from s11audit.queries.reports import ReturnAnswers, own_actions, own_answers
from s11audit.queries.signatures import signatures_of

PROMISED = "Promised"


class NotTheirReturnError(LookupError):
    """The return belongs to another agency."""


def write_return(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/return.yaml` for somebody of the return's agency, whatever its status.

    Raises NotTheirReturnError for anybody else.
    """
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    own = own_answers(session, agency_return, visible_to=visible_to)
    if own is None:
        raise NotTheirReturnError(agency_return.reference)
    actions = own_actions(session, agency_return, visible_to=visible_to)
    values = {key: answer.value for key, answer in own.answers.items()}
    scored = score(questionnaire, own.respondent, values, own.to_confirm)
    write_workbook(
        layout_named("return"),
        return_facts(
            session, agency_return, questionnaire, scored.overall, visible_to, exported_at
        ),
        {
            ScorecardRow: _scorecard_rows(questionnaire, scored),
            AnswerRow: answer_rows(questionnaire, [own]),
            FigureRow: figure_rows(questionnaire, _values(questionnaire, own), totals=False),
            TableCellRow: table_rows(questionnaire, _values(questionnaire, own)),
            ActionRow: _action_rows(questionnaire, own, actions, today_in_london(exported_at)),
        },
        path_or_stream,
        written_at=exported_at,
    )


def _values(questionnaire: Questionnaire, own: ReturnAnswers) -> Iterator[ValueLine]:
    """What the agency has answered, in the order of the questionnaire."""
    agency = own.agency_reference, own.agency, own.respondent.agency_type
    for key in questionnaire.by_key:
        value = own.answers.get(key, Answer()).value
        if value and key not in own.to_confirm:
            yield ValueLine(*agency, key, value)


def return_facts(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    overall: Scorecard,
    exported_by: Viewer,
    exported_at: datetime,
) -> ReturnFacts:
    """What the first page of a copy of a return says of it."""
    audit_round, agency = agency_return.round, agency_return.agency
    signatures = signatures_of(session, agency_return.id)
    return ReturnFacts(
        partnership="; ".join(partnership.name for partnership in agency_return.askers),
        round_title=audit_round.title,
        round_reference=audit_round.reference,
        questionnaire_title=questionnaire.title,
        questionnaire_version=questionnaire.version,
        questionnaire_sha256=audit_round.questionnaire_sha256 or questionnaire.sha256,
        side=SIDE_LABELS[Side.SELF],
        as_at=long_time(exported_at),
        exported_by=exported_by.name,
        agency=agency.name,
        agency_reference=agency.reference,
        agency_type=agency_type_label(agency.agency_type),
        return_reference=agency_return.reference,
        status=RETURN_STATUS_LABELS[agency_return.status],
        due_on=long_date(agency_return.due_on),
        submitted=_submitted(agency_return),
        receipt=agency_return.receipt or "None yet",
        signed_by=signed_by(signatures) or "Nobody yet",
        snapshot_sha256=signatures[0].snapshot.sha256 if signatures else "None yet",
        completion=of_whole(overall.answered, overall.required),
        rating=rating_in_words(overall),
        because=overall.because,
        red_below=plain_number(questionnaire.thresholds.red_below),
        green_from=plain_number(questionnaire.thresholds.green_from),
    )


def _submitted(agency_return: AgencyReturn) -> str:
    """When, and how many days late if it was."""
    if agency_return.submitted_at is None:
        return "Not yet"
    late = agency_return.days_late
    when = long_time(agency_return.submitted_at)
    return f"{when}, late by {counted(late, 'day')}" if late else when


def rating_in_words(card: Scorecard) -> str:
    """`Amber`, or `Amber (provisional)` while a required question is unanswered."""
    if card.rating is Rating.NOT_RATED:
        waits = card.unanswered > 0 and card.answered == 0
        return LABELS["unanswered" if waits else "not-rated"]
    return LABELS[card.rating] + (" (provisional)" if card.provisional else "")


def _scorecard_rows(questionnaire: Questionnaire, scored: ReturnScore) -> list[ScorecardRow]:
    rows = [
        _scorecard_row(standard.title, scored.standards.get(standard.id))
        for standard in questionnaire.standards
    ]
    return [*rows, _scorecard_row("Whole return", scored.overall, is_total=True)]


def _scorecard_row(title: str, card: Scorecard | None, *, is_total: bool = False) -> ScorecardRow:
    rating = rating_in_words(card) if card else NOT_ASKED
    card = card or Scorecard(because="This standard asks your agency nothing")
    return ScorecardRow(
        title=title,
        rating=rating,
        because=card.because,
        red=card.red,
        amber=card.amber,
        green=card.green,
        not_applicable=card.not_applicable,
        unanswered=card.unanswered,
        answered_of_required=f"{card.answered}/{card.required}",
        completion_pct=card.completion_pct,
        green_of_rated=f"{card.green}/{card.rated}",
        green_pct=card.green_pct,
        compliance_pct=card.compliance_pct,
        strict_pct=card.strict_pct,
        is_total=is_total,
    )


def _action_rows(
    questionnaire: Questionnaire, own: ReturnAnswers, actions: Mapping[str, Action], today: date
) -> Iterator[ActionRow]:
    """Each tracked action, and each promise that has not become one yet, in the page's order."""
    for row in answer_rows(questionnaire, [own]):
        action = actions.get(row.question_key)
        promise = own.answers.get(row.question_key, Answer()).promise
        waits = row.question_key in own.to_confirm
        if action is None and (promise.is_empty or waits):
            continue
        yield ActionRow(
            reference=action.reference if action else "",
            agency_reference=own.agency_reference,
            agency=own.agency,
            standard=row.standard,
            question_key=row.question_key,
            question=row.question,
            what=action.what if action else promise.what,
            post=action.post if action else promise.post,
            due_on=action.due_on if action else promise.due_on,
            status=ACTION_STATUS_LABELS[action.status] if action else PROMISED,
            overdue=yes_or_no(is_overdue(action.status, action.due_on, today)) if action else "",
            impact=action.impact if action else "",
        )
