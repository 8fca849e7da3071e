"""The page of a round: who has returned and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import render_template, url_for

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import pages_of
from s11audit.domain.permissions import Permission
from s11audit.domain.return_rates import return_rate
from s11audit.domain.steps import steps_from
from s11audit.domain.workflow import ROUND_STEPS, ReturnStatus, RoundStatus
from s11audit.models import AuditRound
from s11audit.queries.programme import JOINABLE_STATUSES
from s11audit.queries.rounds import ReturnRow, return_rows
from s11audit.queries.side_states import unassured
from s11audit.services.round_dates import DATABLE_STATUSES
from s11audit.web.paging import asked_page, page_address
from s11audit.web.rounds.filtering import FilterForm
from s11audit.web.rounds.local_questions import chosen_by
from s11audit.web.rounds.pages import blueprint, round_or_404
from s11audit.web.rounds.programme import how_far
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sorting import sorting
from s11audit.web.step_forms import StepForm, Wanted, errors_in, step_buttons

REOPEN = Wanted(
    "Why does the round open again?",
    "Managers and the QA subgroup can read this.",
    "Say why the round opens again",
)
AGENCIES_A_PAGE = 50
_STATUS_ORDER = {status: place for place, status in enumerate(ReturnStatus)}
COLUMNS: dict[str, Callable[[ReturnRow], Any]] = {
    "agency": lambda row: row.agency.casefold(),
    "type": lambda row: (agency_type_label(row.agency_type), row.agency.casefold()),
    "status": lambda row: _STATUS_ORDER[row.status],
    "completion": lambda row: row.completion,
    "due": lambda row: row.due_on,
    "submitted": lambda row: row.submitted_at,
}


@blueprint.get("/<reference>")
@permitted(Permission.SEE_ROUNDS)
def show(reference: str) -> str:
    return round_page(round_or_404(reference))


def round_page(audit_round: AuditRound, sent: dict[str, StepForm] | None = None) -> str:
    """The page of a round; `sent` holds a step's form that comes back with errors."""
    today = today_in_london(now())
    rows = return_rows(db(), audit_round, visible_to=viewer())
    shown = FilterForm.asked(rows)
    fitting = [row for row in rows if shown.fits(row, today)]
    order = sorting(COLUMNS, "agency")
    pages = pages_of(len(fitting), AGENCIES_A_PAGE)
    page = min(asked_page(), pages)
    may_run = viewer().may_in_partnership(Permission.EDIT_ROUNDS, audit_round.partnership_id)
    steps = steps_from(ROUND_STEPS, audit_round.status) if may_run else ()
    buttons = step_buttons(steps, wanted_of(audit_round, today), sent)
    return render_template(
        "rounds/show.html",
        round=audit_round,
        local_questions=_local_rows(audit_round),
        rows=order.sorted(fitting, COLUMNS)[(page - 1) * AGENCIES_A_PAGE : page * AGENCIES_A_PAGE],
        total=len(rows),
        fitting=len(fitting),
        wanted=shown,
        page=page,
        pages=pages,
        address=page_address,
        rate=return_rate([(row.status, row.due_on, 1) for row in rows], today),
        sorting=order,
        today=today,
        buttons=buttons,
        errors=errors_in(buttons),
        may_run=may_run,
        may_remind=viewer().may(Permission.EDIT_ROUNDS),
        may_add_agencies=may_run and audit_round.status in JOINABLE_STATUSES,
        may_date=may_run and audit_round.status in DATABLE_STATUSES,
        unassured=unassured(db(), audit_round, visible_to=viewer()),
        how_far=how_far,
    )


def wanted_of(audit_round: AuditRound, today: date) -> dict[str, Wanted]:
    """What the steps of this round ask for: a new last day, too, where the old one is over."""
    is_over = audit_round.closes_on < today
    ended = f"Its last day was {long_date(audit_round.closes_on)}. When does it close now?"
    return {"reopen": replace(REOPEN, day=ended) if is_over else REOPEN}


def _local_rows(audit_round: AuditRound) -> list[dict[str, str]]:
    """What the viewer's own partnerships ask besides, for a list of facts, and where to change it.

    What the others ask is not told.
    """
    rows = []
    for one in audit_round.partnerships:
        if one.id not in viewer().partnerships(Permission.SEE_ROUNDS):
            continue
        held = chosen_by(one, audit_round)
        named = f"{held.questionnaire_id}, version {held.questionnaire_version}" if held else "None"
        row = {"key": f"Local questions of {one.name}", "value": named}
        is_theirs = viewer().may_in_partnership(Permission.EDIT_ROUNDS, one.id)
        if is_theirs and audit_round.status is RoundStatus.DRAFT:
            row["href"] = url_for(
                "rounds.local_questions", reference=audit_round.reference, asker=one.reference
            )
        rows.append(row)
    return rows
