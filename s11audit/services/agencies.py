"""Adding agencies and saying what they have or do, as far as a manager reaches."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Partnership
from s11audit.models.walls import without_walls
from s11audit.queries import directory
from s11audit.queries.people import account_id
from s11audit.services.events import Detail, Happening, record_all, record_by
from s11audit.services.people import sound_name, sound_reference
from s11audit.services.refusals import RefusedError

LONGEST_CODE = 40
_CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def add_agency(
    session: Session,
    reference: str,
    name: str,
    agency_type: str,
    partnership_reference: str,
    attributes: Set[str] = frozenset(),
    *,
    by: Viewer,
    now: datetime,
) -> Agency:
    """A new agency of one partnership within reach, with codes of what it has or does.

    Raises RefusedError.
    """
    reference, name = sound_reference(reference), sound_name(name)
    if not is_code(agency_type):
        raise RefusedError("agency_type", "Choose a type of agency")
    home = home_of_new(session, partnership_reference, by)
    if reference in references_in_use(session):
        raise RefusedError("reference", f"Another agency has the reference {reference} already")
    agency = Agency(
        reference=reference,
        name=name,
        agency_type=agency_type,
        attributes=sound_attributes(attributes),
        partnerships=[home],
    )
    add_agencies(session, [agency], by=by, now=now)
    return agency


def add_agencies(session: Session, new: Sequence[Agency], *, by: Viewer, now: datetime) -> None:
    """Add many agencies at once, in few statements, each with the one partnership it belongs to.

    The caller has looked that `by` may add them and that their references are new.
    """
    session.add_all(new)
    session.flush()
    happenings = [
        Happening("agency-added", f"agency {one.reference}", _told_of(one), one) for one in new
    ]
    record_all(session, happenings, by=account_id(by), at=now)


def _told_of(agency: Agency) -> Detail:
    return {
        "agency_type": agency.agency_type,
        "attributes": sorted(agency.attributes),
        "partnership": agency.partnerships[0].reference,
    }


def change_attributes(
    session: Session, reference: str, attributes: Set[str], *, by: Viewer, now: datetime
) -> Agency:
    """Say what an agency has or does; its returns that are still open ask accordingly.

    Where an agency works with several partnerships, the manager of each may say it, and the
    managers of all find it in the history. Raises RefusedError.
    """
    agency = directory.agency(
        session, reference, visible_to=by, permission=Permission.EDIT_AGENCIES
    )
    if agency is None:
        raise RefusedError("attributes", "Choose an agency of your partnership")
    before, agency.attributes = agency.attributes, sound_attributes(attributes)
    if agency.attributes != before:
        session.flush()
        detail = {"before": sorted(before), "after": sorted(agency.attributes)}
        subject = f"agency {reference}"
        record_by(session, "agency-attributes-changed", subject, by, now, detail, of=agency)
    return agency


def home_of_new(session: Session, reference: str, by: Viewer) -> Partnership:
    """The partnership to which `by` may add agencies. Raises RefusedError where it is none."""
    homes = directory.partnerships(session, visible_to=by, permission=Permission.EDIT_AGENCIES)
    for home in homes:
        if home.reference == reference:
            return home
    raise RefusedError("partnership", "Choose the partnership")


def references_in_use(session: Session) -> frozenset[str]:
    """The references of all agencies, of whatever partnership: for comparing, not for showing."""
    with without_walls(session):
        return frozenset(session.scalars(select(Agency.reference)))


def is_code(text: str) -> bool:
    """Whether this can be the code of a type or an attribute."""
    return len(text) <= LONGEST_CODE and _CODE.fullmatch(text) is not None


def sound_attributes(attributes: Set[str]) -> frozenset[str]:
    """Codes of what an agency has or does. Raises RefusedError about the first that is none."""
    for attribute in sorted(attributes):
        if not is_code(attribute):
            raise RefusedError(
                "other", f"“{attribute}” should be one word of lower-case letters, such as nursery"
            )
    return frozenset(attributes)
