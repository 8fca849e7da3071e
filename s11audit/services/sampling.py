"""The list that cases are drawn from, the draw itself, and reserves that take a case's place."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from s11audit.domain.cases import CASE_AUDIT_STEPS, CaseAuditStatus, Drawn, case_reference
from s11audit.domain.sampling import (
    MOST_STRATA,
    Draw,
    Entry,
    Size,
    Stratum,
    draw_cases,
    list_digest,
    strata_of,
    stratum_of,
)
from s11audit.domain.steps import Step, StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import AuditCase, CaseAudit, CohortEntry, SampleSize
from s11audit.queries.case_sampling import cohort_of, entry_of
from s11audit.services.asking_agencies import add_files
from s11audit.services.case_audits import check_runs, has_asked, lock_audit, record_of_audit
from s11audit.services.refusals import RefusedError
from s11audit.services.steps import move, step_for

LONGEST_SEED = 64
_SEED = re.compile(rf"[A-Za-z0-9][A-Za-z0-9 ._-]{{0,{LONGEST_SEED - 1}}}\Z")
# Tells in the history by which rule cases were drawn (`s11audit.domain.sampling`).
ALGORITHM = "sha256-1"
LISTABLE_STATUSES = frozenset({CaseAuditStatus.COMMISSIONED, CaseAuditStatus.SAMPLED})
RESERVE_STATUSES = frozenset({CaseAuditStatus.SAMPLED, CaseAuditStatus.AGENCY_FILES})


def new_seed() -> str:
    """A seed that nobody has chosen."""
    return secrets.token_hex(8)


def keep_list(
    session: Session,
    audit: CaseAudit,
    entries: Collection[Entry],
    *,
    replace: bool,
    by: Viewer,
    now: datetime,
) -> None:
    """Store the list that cases are drawn from, in place of the one there was or added to it.

    What had been drawn is dropped, to be drawn again. Raises StepNotAllowedError before the audit
    is commissioned and once agencies are asked.
    """
    check_runs(by, audit.partnership_id)
    lock_audit(session, audit)
    if audit.status not in LISTABLE_STATUSES or has_asked(session, audit):
        raise StepNotAllowedError(
            "The list can change from when the audit is commissioned until agencies are asked."
        )
    if audit.status is CaseAuditStatus.SAMPLED:
        move(session, audit, _step("change-list", audit, by), seed="", drawn_at=None)
    _forget_draw(session, audit)
    if replace:
        session.execute(delete(CohortEntry).where(CohortEntry.audit_id == audit.id))
    session.add_all(_row(audit, entry) for entry in entries)
    session.flush()
    everything = cohort_of(session, audit)
    detail = {
        "added": len(entries),
        "entries": len(everything),
        "replaced": replace,
        "list_sha256": list_digest(entry_of(row) for row in everything),
    }
    record_of_audit(session, "case-list-stored", audit, by, now, detail)


def draw(
    session: Session,
    audit: CaseAudit,
    sizes: Mapping[str, Size],
    seed: str,
    *,
    strata: Collection[str] = (),
    expected: int | None = None,
    by: Viewer,
    now: datetime,
) -> Draw:
    """Draw the cases of an audit, spread over `strata` (codes of Stratum), and their reserves.

    `sizes` are by stratum, as `stratum_of` names it; `expected` is the number of cases that was
    agreed to where it is not the number wanted. Drawing again drops the draw before, which the
    history keeps by its seed and sizes. Raises RefusedError (`sizes`, `seed`, `strata`), and
    StepNotAllowedError once agencies are asked.
    """
    check_runs(by, audit.partnership_id)
    lock_audit(session, audit)
    step = _step("draw", audit, by)
    seed = seed.strip() or new_seed()
    if not _SEED.match(seed):
        raise RefusedError("seed", "Use letters, digits, spaces, dots and hyphens only")
    if has_asked(session, audit):
        raise StepNotAllowedError("Agencies are asked already, so the cases stay.")
    rows = cohort_of(session, audit)
    entries = [entry_of(row) for row in rows]
    check_sizes(entries, strata, sizes, expected or audit.cases_wanted)
    earlier = {"earlier_seed": audit.seed} if audit.seed else {}
    _forget_draw(session, audit)
    drawn = draw_cases(entries, strata, sizes, seed)
    codes = frozenset(str(code) for code in strata)
    statuses = move(session, audit, step, seed=seed, strata=codes, drawn_at=now)
    _keep_draw(session, audit, rows, drawn, sizes)
    detail = {**statuses, **earlier, **draw_facts(entries, strata, sizes, seed)}
    record_of_audit(session, step.event, audit, by, now, detail)
    return drawn


def check_sizes(
    entries: Collection[Entry],
    strata: Collection[str],
    sizes: Mapping[str, Size],
    expected: int,
) -> None:
    """Raises RefusedError (`sizes`, `strata`) where so many cannot be drawn from this list."""
    if not entries:
        raise RefusedError("sizes", "Put in the list of references first")
    counts = {name: len(found) for name, found in strata_of(entries, strata).items()}
    if len(counts) > MOST_STRATA:
        raise RefusedError(
            "strata",
            f"This makes {len(counts)} groups. Choose fewer columns: {MOST_STRATA} at most",
        )
    for name, size in sizes.items():
        if size.cases < 0 or size.reserves < 0:
            raise RefusedError("sizes", "Enter 0 or more in every box")
        if size.cases + size.reserves > counts.get(name, 0):
            there = counts.get(name, 0)
            raise RefusedError("sizes", f"“{name}” has only {there} in the list")
    total = sum(size.cases for size in sizes.values())
    if total != expected or not total:
        raise RefusedError("sizes", f"This is {total} in all, but {expected} cases are wanted")


def draw_facts(
    entries: Collection[Entry], strata: Collection[str], sizes: Mapping[str, Size], seed: str
) -> dict[str, Any]:
    """All that somebody who has the list needs to draw the same cases again."""
    return {
        "algorithm": ALGORITHM,
        "seed": seed,
        "strata": sorted(str(code) for code in strata),
        "sizes": {name: asdict(size) for name, size in sorted(sizes.items())},
        "entries": len(entries),
        "list_sha256": list_digest(entries),
    }


def set_aside(
    session: Session, case: AuditCase, reason: str, *, by: Viewer, now: datetime
) -> AuditCase | None:
    """Leave out a case that cannot be audited; the next reserve of its stratum takes its place.

    Gives the new case, or None where no reserve is left. Agencies that were asked are asked about
    it too. Raises RefusedError (`reason`), and StepNotAllowedError once the panel is open.
    """
    audit = case.audit
    check_runs(by, audit.partnership_id)
    lock_audit(session, audit)  # two cases never get the same reserve
    session.refresh(case)
    if audit.status not in RESERVE_STATUSES or case.set_aside_at is not None:
        raise StepNotAllowedError("This case cannot be set aside any more.")
    if not reason.strip():
        raise RefusedError("reason", "Say why this case cannot be audited")
    case.set_aside_reason, case.set_aside_at = reason.strip(), now
    row = _next_reserve(session, case)
    new = None
    if row is not None:
        row.drawn = Drawn.CASE
        new = _add_case(session, audit, _last_number(session, audit) + 1, row)
        add_files(session, audit, [new])
    detail = {"case": case.reference, "instead": new.reference if new else ""}
    record_of_audit(session, "case-set-aside", audit, by, now, detail)
    return new


def _step(name: str, audit: CaseAudit, by: Viewer) -> Step[CaseAuditStatus]:
    allows = partial(by.may_in_partnership, partnership_id=audit.partnership_id)
    return step_for(CASE_AUDIT_STEPS, name, audit.status, by=by, allows=allows)


def _row(audit: CaseAudit, entry: Entry) -> CohortEntry:
    return CohortEntry(
        audit_id=audit.id,
        local_reference=entry.reference,
        age_band=entry.age_band,
        team=entry.team,
        plan_type=entry.plan_type,
    )


def _forget_draw(session: Session, audit: CaseAudit) -> None:
    session.execute(delete(AuditCase).where(AuditCase.audit_id == audit.id))
    session.execute(delete(SampleSize).where(SampleSize.audit_id == audit.id))
    session.execute(
        update(CohortEntry)
        .where(CohortEntry.audit_id == audit.id)
        .values(drawn=Drawn.NOT_DRAWN, draw_order=None)
        .execution_options(synchronize_session="fetch")
    )


def _keep_draw(
    session: Session,
    audit: CaseAudit,
    rows: Iterable[CohortEntry],
    drawn: Draw,
    sizes: Mapping[str, Size],
) -> None:
    by_reference = {row.local_reference: row for row in rows}
    orders: dict[str, int] = {}
    for number, entry in enumerate(drawn.cases, 1):
        row = by_reference[entry.reference]
        stratum = stratum_of(entry, audit.strata)
        orders[stratum] = row.draw_order = orders.get(stratum, 0) + 1
        row.drawn = Drawn.CASE
        _add_case(session, audit, number, row)
    for stratum, reserves in drawn.reserves.items():
        for order, entry in enumerate(reserves, orders.get(stratum, 0) + 1):
            row = by_reference[entry.reference]
            row.drawn, row.draw_order = Drawn.RESERVE, order
    for stratum, size in sizes.items():
        session.add(SampleSize(audit_id=audit.id, stratum=stratum, **asdict(size)))
    session.flush()


def _add_case(session: Session, audit: CaseAudit, number: int, row: CohortEntry) -> AuditCase:
    case = AuditCase(
        audit_id=audit.id,
        number=number,
        reference=case_reference(audit.reference, number),
        entry_id=row.id,
    )
    session.add(case)
    session.flush()
    return case


def _next_reserve(session: Session, case: AuditCase) -> CohortEntry | None:
    if case.entry is None:
        return None
    stratum = stratum_of(entry_of(case.entry), case.audit.strata)
    reserves = session.scalars(
        select(CohortEntry)
        .where(CohortEntry.audit_id == case.audit_id, CohortEntry.drawn == Drawn.RESERVE)
        .order_by(CohortEntry.draw_order, CohortEntry.id)
    )
    alike = (row for row in reserves if stratum_of(entry_of(row), case.audit.strata) == stratum)
    return next(alike, None)


def _last_number(session: Session, audit: CaseAudit) -> int:
    numbers = session.scalars(select(AuditCase.number).where(AuditCase.audit_id == audit.id))
    return max(numbers, default=0)


def known_strata(codes: Iterable[str]) -> frozenset[str]:
    """Those of these codes that name a column of the list."""
    return frozenset(code for code in codes if code in set(Stratum))
