"""Setting up rounds and running them: agencies, dates and the steps of a round's life."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from s11audit.domain.composing import LocalPart
from s11audit.domain.dates import today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import (
    RETURNED_STATUSES,
    ROUND_STEPS,
    ReturnStatus,
    RoundStatus,
)
from s11audit.models import Agency, AgencyReturn, AuditRound
from s11audit.models.rounds import round_partnerships
from s11audit.queries.programme import JOINABLE_STATUSES
from s11audit.queries.rounds import agencies_to_invite
from s11audit.services.events import record, record_by
from s11audit.services.local_questions import pin_local_questions
from s11audit.services.refusals import RefusedError
from s11audit.services.round_dates import RoundDates, check_extension, day_to_close
from s11audit.services.running_rounds import check_may_run
from s11audit.services.steps import check_reason, move, step_for

# A round's reference is the beginning of those of its returns, actions and receipts.
LONGEST_REFERENCE = 20
LONGEST_TITLE = 200
_REFERENCE = re.compile(rf"[A-Z0-9][A-Z0-9-]{{1,{LONGEST_REFERENCE - 1}}}\Z")
REFERENCE_RULE = (
    f"Use 2 to {LONGEST_REFERENCE} capital letters, digits and hyphens for the reference, "
    "such as S11-2026"
)
# How many different people may be asked to sign a return, such as a head teacher and a governor.
SIGNATURES = (1, 2)


def create_round(
    session: Session,
    partnership_id: int,
    reference: str,
    title: str,
    questionnaire: Questionnaire,
    opens_on: date,
    due_on: date,
    closes_on: date,
    agency_ids: Iterable[int],
    *,
    shared_with: Iterable[int] = (),
    guidance: str = "",
    signatures_needed: int = 1,
    by: Viewer,
    now: datetime,
) -> AuditRound:
    """A draft round with a return, not started, for each of these agencies, who read `guidance`.

    `shared_with` are ids of partnerships that ask, too: an agency of several answers once. Raises
    RefusedError (`reference`, `title`, `due_on`, `closes_on`, `signatures_needed`, `agencies`).
    """
    check_may_run(by, partnership_id)
    _check_words(session, reference, title)
    check_signatures(signatures_needed)
    dates = RoundDates(opens_on, due_on, closes_on).checked()
    audit_round = AuditRound(
        partnership_id=partnership_id,
        reference=reference,
        title=title,
        **_version(questionnaire),
        **asdict(dates),
        guidance=guidance.strip(),
        signatures_needed=signatures_needed,
        created_at=now,
    )
    _keep(session, audit_round, shared_with, by)
    _record(session, "round-created", audit_round, by, now, _version_detail(questionnaire))
    add_agencies(session, audit_round, agency_ids, by=by, now=now)
    return audit_round


def _keep(
    session: Session, audit_round: AuditRound, shared_with: Iterable[int], by: Viewer
) -> None:
    """Write the round down, unless its reference is taken, perhaps out of the writer's sight."""
    try:
        with session.begin_nested():
            session.add(audit_round)
    except IntegrityError:
        raise RefusedError("reference", _taken(audit_round.reference)) from None
    _share(session, audit_round, shared_with, by)


def _taken(reference: str) -> str:
    return f"There is already a round {reference}"


def add_agencies(
    session: Session,
    audit_round: AuditRound,
    agency_ids: Iterable[int],
    *,
    by: Viewer,
    now: datetime,
) -> list[AgencyReturn]:
    """Add a return, not started and due with the round, for each agency that has none yet.

    Raises RefusedError (`agencies`) for an agency of another partnership, and
    StepNotAllowedError once the round has closed.
    """
    check_may_run(by, audit_round.partnership_id)
    if audit_round.status not in JOINABLE_STATUSES:
        raise StepNotAllowedError("Agencies can join a round only before it closes.")
    chosen = set(agency_ids)
    asking = [partnership.id for partnership in audit_round.partnerships]
    agencies = agencies_to_invite(session, asking, visible_to=by)
    agencies = [agency for agency in agencies if agency.id in chosen]
    if len(agencies) != len(chosen):
        raise RefusedError("agencies", "Select agencies of this partnership only")
    there = select(AgencyReturn.agency_id).where(AgencyReturn.round_id == audit_round.id)
    present = set(session.scalars(there))
    added = [_not_started(audit_round, agency) for agency in agencies if agency.id not in present]
    session.add_all(added)
    session.flush()
    if added:
        detail = {"returns": [one.reference for one in added]}
        _record(session, "round-agencies-added", audit_round, by, now, detail)
    return added


def take_round_step(
    session: Session,
    audit_round: AuditRound,
    step_name: str,
    *,
    by: Viewer,
    now: datetime,
    questionnaire: Questionnaire | None = None,
    local: Sequence[LocalPart] = (),
    reason: str = "",
    closes_on: date | None = None,
) -> None:
    """Move a round on. Opening it for the first time pins `questionnaire`, which it then needs.

    With it are pinned the `local` questions of all its partnerships. Opening it again after its
    last day needs a new one, `closes_on`: a round that is over takes no answers. Raises
    StepNotAllowedError, RefusedError (`reason`, `closes_on`), and PermissionError for a stranger.
    """
    allows = partial(by.may_in_partnership, partnership_id=audit_round.partnership_id)
    step = step_for(ROUND_STEPS, step_name, audit_round.status, by=by, allows=allows)
    check_reason(step, reason)
    pins: dict[str, Any] = {}
    days: dict[str, date] = {}
    if step.target is RoundStatus.OPEN:
        _check_has_agencies(session, audit_round)
        days = {"closes_on": day_to_close(audit_round, closes_on, today_in_london(now))}
        pins = _pins(audit_round, questionnaire)
    statuses = move(session, audit_round, step, status_reason=reason, **pins, **days)
    if questionnaire and pins:
        pin_local_questions(session, audit_round, questionnaire, local)
    told = {name: day.isoformat() for name, day in days.items()}
    detail = {**statuses, **pins, **told, "reason_given": bool(reason)}
    _record(session, step.event, audit_round, by, now, detail)


def extend(
    session: Session,
    agency_return: AgencyReturn,
    due_on: date,
    reason: str,
    *,
    by: Viewer,
    now: datetime,
) -> None:
    """Give one agency until a later date, with the reason that it and scrutiny will read.

    Raises RefusedError (`due_on`, `reason`), and StepNotAllowedError once it has returned.
    """
    audit_round = agency_return.round
    check_may_run(by, audit_round.partnership_id)
    if agency_return.status in RETURNED_STATUSES | {ReturnStatus.EXEMPT}:
        raise StepNotAllowedError("Nothing more is due from this agency in this round.")
    check_extension(agency_return, due_on, reason)
    detail = {"before": agency_return.due_on.isoformat(), "after": due_on.isoformat()}
    session.execute(
        update(AgencyReturn)
        .where(AgencyReturn.id == agency_return.id)
        .values(due_on=due_on, extension_reason=reason)
        .execution_options(synchronize_session=False)
    )
    session.refresh(agency_return)
    subject = f"return {agency_return.reference}"
    record(
        session,
        "return-extended",
        subject,
        by=by.user_id,
        at=now,
        detail=detail,
        of=agency_return,
    )


def _check_words(session: Session, reference: str, title: str) -> None:
    if not _REFERENCE.match(reference):
        raise RefusedError("reference", REFERENCE_RULE)
    if session.scalar(select(AuditRound.id).where(AuditRound.reference == reference)):
        raise RefusedError("reference", _taken(reference))
    if not title.strip():
        raise RefusedError("title", "Enter a title")
    if len(title) > LONGEST_TITLE:
        raise RefusedError("title", f"Shorten the title to {LONGEST_TITLE} characters")


def check_signatures(needed: int) -> None:
    """Raises RefusedError (`signatures_needed`) for a number that nobody offers."""
    if needed not in SIGNATURES:
        raise RefusedError("signatures_needed", "Choose how many people sign a return")


def _share(session: Session, audit_round: AuditRound, with_: Iterable[int], by: Viewer) -> None:
    for partnership_id in sorted(set(with_) - {audit_round.partnership_id}):
        check_may_run(by, partnership_id)
        row = {"round_id": audit_round.id, "partnership_id": partnership_id}
        session.execute(round_partnerships.insert().values(row))
    session.refresh(audit_round, ["partnerships"])


def _not_started(audit_round: AuditRound, agency: Agency) -> AgencyReturn:
    return AgencyReturn(
        round_id=audit_round.id,
        agency_id=agency.id,
        reference=f"{audit_round.reference}-{agency.reference}",
        status=ReturnStatus.NOT_STARTED,
        due_on=audit_round.due_on,
    )


def _check_has_agencies(session: Session, audit_round: AuditRound) -> None:
    count = select(func.count()).where(AgencyReturn.round_id == audit_round.id)
    if not session.scalar(count):
        raise StepNotAllowedError("Choose at least one agency before you open the round.")


def _pins(audit_round: AuditRound, questionnaire: Questionnaire | None) -> dict[str, Any]:
    """What is written down of the questionnaire when a round first opens; later nothing changes."""
    if audit_round.questionnaire_sha256:
        return {}
    if questionnaire is None:
        raise ValueError("Opening a round pins its questionnaire, so it must be given")
    return {
        **_version(questionnaire),
        "questionnaire_sha256": questionnaire.sha256,
    }


def _version(questionnaire: Questionnaire) -> dict[str, str]:
    """The columns of a round that name a questionnaire version."""
    return {
        "questionnaire_id": questionnaire.id,
        "questionnaire_version": questionnaire.version,
    }


def _version_detail(questionnaire: Questionnaire) -> dict[str, str]:
    return {"questionnaire": questionnaire.id, "version": questionnaire.version}


def _record(
    session: Session,
    kind: str,
    audit_round: AuditRound,
    by: Viewer,
    now: datetime,
    detail: dict[str, Any],
) -> None:
    subject = f"round {audit_round.reference}"
    record_by(session, kind, subject, by, now, detail, of=audit_round)
