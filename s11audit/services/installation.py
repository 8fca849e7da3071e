"""What only the operator changes: partnerships, trusts, and which agency belongs to which."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.agency_types import SCHOOL_TYPES
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Partnership, Trust
from s11audit.services.events import record_by
from s11audit.services.people import sound_name, sound_reference
from s11audit.services.refusals import RefusedError

T = TypeVar("T", Partnership, Trust)


def add_partnership(
    session: Session, reference: str, name: str, *, by: Viewer, now: datetime
) -> Partnership:
    """A new partnership. Raises RefusedError, and PermissionError for all but the operator."""
    partnership = _added(session, Partnership, "partnership", reference, name, by)
    subject = f"partnership {partnership.reference}"
    record_by(session, "partnership-added", subject, by, now, of=partnership)
    return partnership


def add_trust(session: Session, reference: str, name: str, *, by: Viewer, now: datetime) -> Trust:
    """A new trust, of no school yet. Raises RefusedError, PermissionError."""
    trust = _added(session, Trust, "trust", reference, name, by)
    record_by(session, "trust-added", f"trust {trust.reference}", by, now)
    return trust


def join_trust(
    session: Session, agency_reference: str, trust_reference: str, *, by: Viewer, now: datetime
) -> Agency:
    """Count a school among those of a trust, whose people then read its returns.

    Raises RefusedError, PermissionError.
    """
    _only_the_operator(by)
    trust = session.scalars(
        select(Trust).filter_by(reference=trust_reference.strip().upper())
    ).one_or_none()
    if trust is None:
        raise RefusedError("trust", f"There is no trust {trust_reference}")
    school = _agency(session, agency_reference)
    if school.agency_type not in SCHOOL_TYPES:
        raise RefusedError("agency", f"{school.name} is not a school or college")
    if school.trust is not None:
        raise RefusedError("agency", f"{school.name} belongs to {school.trust.name} already")
    school.trust = trust
    session.flush()
    detail = {"trust": trust.reference}
    subject = f"agency {school.reference}"
    record_by(session, "agency-joined-trust", subject, by, now, detail, of=school)
    return school


def leave_trust(session: Session, agency_reference: str, *, by: Viewer, now: datetime) -> Agency:
    """Take a school out of its trust, whose people then no longer read what it answers.

    Raises RefusedError, PermissionError.
    """
    _only_the_operator(by)
    school = _agency(session, agency_reference)
    if school.trust is None:
        raise RefusedError("agency", f"{school.name} belongs to no trust")
    detail = {"trust": school.trust.reference}
    school.trust = None
    session.flush()
    subject = f"agency {school.reference}"
    record_by(session, "agency-left-trust", subject, by, now, detail, of=school)
    return school


def share_agency(
    session: Session,
    agency_reference: str,
    partnership_reference: str,
    *,
    by: Viewer,
    now: datetime,
) -> Agency:
    """Let an agency work with one more partnership. Both find it in their history.

    Raises RefusedError, PermissionError.
    """
    _only_the_operator(by)
    agency = _agency(session, agency_reference)
    partnership = session.scalars(
        select(Partnership).filter_by(reference=partnership_reference.strip().upper())
    ).one_or_none()
    if partnership is None:
        raise RefusedError("partnership", f"There is no partnership {partnership_reference}")
    if partnership in agency.partnerships:
        raise RefusedError("partnership", f"{agency.name} works with {partnership.name} already")
    agency.partnerships.append(partnership)
    session.flush()
    detail = {"partnership": partnership.reference}
    subject = f"agency {agency.reference}"
    record_by(session, "agency-shared", subject, by, now, detail, of=agency)
    return agency


def _added(session: Session, table: type[T], noun: str, reference: str, name: str, by: Viewer) -> T:
    _only_the_operator(by)
    reference, name = sound_reference(reference), sound_name(name)
    if session.scalar(select(table.id).filter_by(reference=reference)):
        raise RefusedError("reference", f"There is already a {noun} {reference}")
    new = table(reference=reference, name=name)
    session.add(new)
    session.flush()
    return new


def _only_the_operator(by: Viewer) -> None:
    if not by.may(Permission.RUN_INSTALLATION):
        raise PermissionError("Only the operator changes the installation")


def _agency(session: Session, reference: str) -> Agency:
    reference = reference.strip().upper()
    agency = session.scalars(select(Agency).filter_by(reference=reference)).one_or_none()
    if agency is None:
        raise RefusedError(
            "agency",
            f"There is no agency {reference}" if reference else "Enter the reference of an agency",
        )
    return agency
