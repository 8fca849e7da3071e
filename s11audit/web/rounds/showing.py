"""The list of rounds, and the page of one: who has returned and what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import render_template, url_for

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.workflow import ROUND_STEPS, ReturnStatus, RoundStatus, steps_from
from s11audit.models import AuditRound
from s11audit.queries.rounds import (
    ReturnRow,
    rates_by_type,
    return_rate,
    return_rows,
    round_lines,
)
from s11audit.services.rounds import JOINABLE_STATUSES
from s11audit.web.rounds.local_questions import chosen_by
from s11audit.web.rounds.pages import blueprint, round_or_404
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sorting import sorting
from s11audit.web.step_forms import StepForm, Wanted, errors_in, step_buttons

WANTED = {
    "reopen": Wanted(
        "Why does the round open again?",
        "Managers and the QA subgroup can read this.",
        "Say why the round opens again",
    )
}
_STATUS_ORDER = {status: place for place, status in enumerate(ReturnStatus)}
COLUMNS: dict[str, Callable[[ReturnRow], Any]] = {
    "agency": lambda row: row.agency.casefold(),
    "type": lambda row: (agency_type_label(row.agency_type), row.agency.casefold()),
    "status": lambda row: _STATUS_ORDER[row.status],
    "completion": lambda row: row.completion,
    "due": lambda row: row.due_on,
    "submitted": lambda row: row.submitted_at,
}


@blueprint.get("")
@permitted(Permission.SEE_ROUNDS)
def listing() -> str:
    lines = round_lines(db(), today_in_london(now()), visible_to=viewer())
    return render_template(
        "rounds/listing.html",
        lines=lines,
        several_partnerships=len({name for line in lines for name in line.partnerships}) > 1,
        may_set_up=viewer().may(Permission.EDIT_ROUNDS),
    )


@blueprint.get("/<reference>")
@permitted(Permission.SEE_ROUNDS)
def show(reference: str) -> str:
    return round_page(round_or_404(reference))


def round_page(audit_round: AuditRound, sent: dict[str, StepForm] | None = None) -> str:
    """The page of a round; `sent` holds a step's form that comes back with errors."""
    today = today_in_london(now())
    rows = return_rows(db(), audit_round, visible_to=viewer())
    order = sorting(COLUMNS, "agency")
    may_run = viewer().may_in_partnership(Permission.EDIT_ROUNDS, audit_round.partnership_id)
    steps = steps_from(ROUND_STEPS, audit_round.status) if may_run else ()
    buttons = step_buttons(steps, WANTED, sent)
    return render_template(
        "rounds/show.html",
        round=audit_round,
        local_questions=_local_rows(audit_round),
        rows=order.sorted(rows, COLUMNS),
        rate=return_rate([(row.status, row.due_on, 1) for row in rows], today),
        by_type=rates_by_type(rows, today),
        sorting=order,
        today=today,
        buttons=buttons,
        errors=errors_in(buttons),
        may_run=may_run,
        may_add_agencies=may_run and audit_round.status in JOINABLE_STATUSES,
        days=_days(audit_round.due_on, today),
    )


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


def _days(due_on: date, today: date) -> str:
    """How far off the due date is, in words."""
    left = (due_on - today).days
    if left == 0:
        return "today"
    count = counted(abs(left), "day")
    return f"in {count}" if left > 0 else f"{count} ago"
