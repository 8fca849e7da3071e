"""Reminders of a round: who was told when, who is told next, the plan, and reminding now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.reminding import (
    PlanError,
    days_from_words,
    days_in_words,
    occasion_in_words,
)
from s11audit.domain.workflow import takes_answers
from s11audit.models import AuditRound
from s11audit.queries.reminders import ToldReturn, told_returns
from s11audit.services import reminding
from s11audit.services.refusals import RefusedError
from s11audit.web.fields import TextField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import mail_links, sends_mail
from s11audit.web.rounds.pages import blueprint, round_or_404
from s11audit.web.security import db, now, permitted, viewer

LONGEST_PLAN = 200


class PlanForm(FlaskForm):
    before = TextField(
        LONGEST_PLAN,
        label="Days before the due date",
        description="Numbers with commas between, such as 28, 7, 1. 0 is the due date itself.",
    )
    after = TextField(
        LONGEST_PLAN,
        label="Days after the due date",
        description="For those that are late, such as 1, 7.",
    )

    @property
    def days(self) -> tuple[int, ...]:
        """Every day that was typed. Raises RefusedError naming the box that is at fault."""
        found: tuple[int, ...] = ()
        for box in (self.before, self.after):
            try:
                found += days_from_words(box.data or "", before=box is self.before)
            except PlanError as error:
                raise RefusedError(box.name, str(error)) from error
        return found


@dataclass(frozen=True)
class OccasionLine:
    """How many agencies are, or were, told of one occasion on one day; `mails` is of people."""

    day: date
    occasion: str
    agencies: int
    mails: int = 0

    @property
    def words(self) -> str:
        return occasion_in_words(self.occasion)


@blueprint.get("/<reference>/reminders")
@permitted(Permission.EDIT_ROUNDS)
def reminders(reference: str) -> str:
    audit_round = round_or_404(reference)
    today = today_in_london(now())
    returns = told_returns(db(), [audit_round], visible_to=viewer())
    awaited = [one for one in returns if one.is_awaited]
    is_open = takes_answers(audit_round.status, audit_round.closes_on, today)
    return render_template(
        "rounds/reminders.html",
        round=audit_round,
        is_open=is_open,
        today=today,
        awaited=awaited,
        lacking=[one for one in awaited if one.lacks],
        to_tell=[one for one in awaited if one.is_reachable and not one.was_told_on(today)],
        expected=len(returns) - sum(one.status == "exempt" for one in returns),
        next_lines=_coming(awaited, today) if is_open else [],
        told_lines=_told(returns),
        plan=[occasion_in_words(str(days)) for days in audit_round.reminder_days],
        may_run=_runs(audit_round),
    )


@blueprint.post("/<reference>/reminders")
@permitted(Permission.EDIT_ROUNDS)
def remind_now(reference: str) -> Response:
    audit_round = round_or_404(reference)
    here = redirect(url_for("rounds.reminders", reference=reference), 303)
    if not sends_mail():
        flash("No mail server is set up here, so nobody was reminded.")
        return here
    today = today_in_london(now())
    asked = reminding.remind_now(
        db(), audit_round, mail_links(), by=viewer(), today=today, now=now()
    )
    db().commit()
    flash(_what_came_of(asked), "success" if asked.told else "message")
    return here


@blueprint.get("/<reference>/reminders/plan")
@permitted(Permission.EDIT_ROUNDS)
def plan(reference: str) -> str:
    audit_round = _round_to_plan(reference)
    form = PlanForm()
    form.before.data = days_in_words(audit_round.reminder_days, before=True)
    form.after.data = days_in_words(audit_round.reminder_days, before=False)
    return _plan_page(audit_round, form)


@blueprint.post("/<reference>/reminders/plan")
@permitted(Permission.EDIT_ROUNDS)
def change_plan(reference: str) -> str | tuple[str, int] | Response:
    audit_round = _round_to_plan(reference)
    form = PlanForm()
    if not form.validate():
        return _plan_page(audit_round, form), 422
    today = today_in_london(now())
    try:
        reminding.change_plan(db(), audit_round, form.days, by=viewer(), today=today, now=now())
    except RefusedError as error:
        refuse(form, error)
        return _plan_page(audit_round, form), 422
    db().commit()
    flash("The plan is saved. Days that are over are not made up for.", "success")
    return redirect(url_for("rounds.reminders", reference=reference), 303)


def _coming(awaited: Sequence[ToldReturn], today: date) -> list[OccasionLine]:
    """The next occasion of each return that somebody can be told of, soonest first."""
    found = Counter(
        (day, occasion)
        for one in awaited
        if one.people and (following := one.coming(today)) is not None
        for occasion, day in [following]
    )
    return [OccasionLine(day, occasion, count) for (day, occasion), count in sorted(found.items())]


def _told(returns: Sequence[ToldReturn]) -> list[OccasionLine]:
    """What was told, latest first."""
    agencies: Counter[tuple[date, str]] = Counter()
    mails: Counter[tuple[date, str]] = Counter()
    for one in (reminder for each in returns for reminder in each.reminders if reminder.mails):
        key = today_in_london(one.told_at), one.occasion
        agencies[key] += 1
        mails[key] += one.mails
    latest = sorted(agencies, reverse=True)
    return [OccasionLine(*key, agencies[key], mails[key]) for key in latest]


def _what_came_of(asked: reminding.Asked) -> str:
    said = [f"{counted(asked.told, 'agency is', 'agencies are')} being reminded"]
    if asked.told:
        said[0] += f" by {counted(asked.mails, 'message')}"
    if asked.told_today:
        said.append(f"{counted(asked.told_today, 'was', 'were')} told today already")
    if asked.unreached:
        said.append(f"{counted(asked.unreached, 'has', 'have')} nobody who can be written to")
    return f"{'; '.join(said)}."


def _runs(audit_round: AuditRound) -> bool:
    return viewer().may_in_partnership(Permission.EDIT_ROUNDS, audit_round.partnership_id)


def _round_to_plan(reference: str) -> AuditRound:
    """The round of this reference; its plan is for whoever runs it."""
    audit_round = round_or_404(reference)
    if not _runs(audit_round):
        abort(403)
    return audit_round


def _plan_page(audit_round: AuditRound, form: PlanForm) -> str:
    return render_template(
        "rounds/reminder-plan.html", round=audit_round, form=form, errors=errors_of(form)
    )
