"""Immediate concerns: told at once without case detail, closed by an outcome only, never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit import paths
from s11audit.domain.answers import Answer
from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.steps import StepNotAllowedError
from s11audit.models import CaseFile, Event, ImmediateConcern, OutgoingMail
from s11audit.models.database import Database
from s11audit.queries.case_files import lacking
from s11audit.queries.concerns import concern_of, concerns
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.concerns import close_concern, raise_concern, see_concern
from s11audit.services.refusals import RefusedError
from s11audit.services.sheets import fill_in
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast

LINK = "https://audit.example/immediate-concerns"


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


@pytest.fixture
def session(database: Database, audited: Audited) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


def raised(session: Session, audited: Audited, after: int = 0) -> ImmediateConcern:
    file = session.get_one(CaseFile, audited.files["C1", "POL"])
    return raise_concern(session, file, after=after, by=audited["Silas"], now=MORNING, link=LINK)


def test_leads_and_managers_are_told_at_once_and_of_the_case_nothing(
    session: Session, audited: Audited
) -> None:
    raised(session, audited)
    mails = session.scalars(select(OutgoingMail)).all()
    assert sorted(one.recipient for one in mails) == ["asif@example.org", "priya@example.org"]
    for one in mails:
        assert LINK in one.text
        assert one.agency_id is None, "Another partnership of the agency would read it on its page"
        for detail in ("MA-26-01", "Police", "Silas"):
            assert detail not in one.subject + one.text


def test_pressing_twice_raises_one_and_another_worry_raises_another(
    session: Session, audited: Audited
) -> None:
    first = raised(session, audited)
    assert raised(session, audited) is first
    assert raised(session, audited, after=1) is not first
    assert len(session.scalars(select(OutgoingMail)).all()) == 4


def test_nobody_but_the_files_auditor_raises_one(
    session: Session, audited: Audited, cast: Cast
) -> None:
    file = session.get_one(CaseFile, audited.files["C1", "POL"])
    for stranger in (audited["Nell"], cast["Asif"], cast["Priya"], cast["Cara"]):
        with pytest.raises(PermissionError):
            raise_concern(session, file, after=0, by=stranger, now=MORNING)


def test_it_is_seen_once_and_closed_by_an_outcome_only(
    session: Session, audited: Audited, cast: Cast
) -> None:
    concern, asif = raised(session, audited), cast["Asif"]
    assert see_concern(session, concern, by=asif, now=MORNING)
    assert not see_concern(session, concern, by=cast["Priya"], now=MORNING)
    with pytest.raises(RefusedError):
        close_concern(session, concern, " ", by=asif, now=MORNING)
    close_concern(session, concern, "A strategy meeting was held", by=asif, now=MORNING)
    with pytest.raises(StepNotAllowedError):
        close_concern(session, concern, "Something else", by=cast["Priya"], now=MORNING)
    events = session.scalars(select(Event).where(Event.kind.startswith("concern-"))).all()
    assert [one.kind for one in events] == ["concern-raised", "concern-seen", "concern-closed"]
    for one in events:
        assert (one.subject, one.detail) == ("files of POL for MA-26-01", {})


def test_the_agencys_lead_and_the_partnerships_manager_find_it_and_nobody_else(
    session: Session, audited: Audited, cast: Cast
) -> None:
    concern = raised(session, audited)
    for who in (cast["Asif"], cast["Priya"]):
        assert concern_of(session, concern.id, visible_to=who) is concern
    for who in (cast["Cara"], audited["Silas"], audited["Otto"], cast["Mo"], cast["Olga"]):
        assert concern_of(session, concern.id, visible_to=who) is None
        assert concerns(session, visible_to=who) == []
        with pytest.raises(PermissionError):
            close_concern(session, concern, "Nothing", by=who, now=MORNING)


def test_it_stays_open_whatever_becomes_of_the_audit(
    session: Session, audited: Audited, cast: Cast
) -> None:
    concern = raised(session, audited)
    audit = concern.file.case.audit
    audit.status, audit.emptied_at = CaseAuditStatus.CANCELLED, MORNING
    session.flush()
    assert concerns(session, visible_to=cast["Priya"], only_open=True) == [concern]
    close_concern(session, concern, "The child was seen today", by=cast["Priya"], now=MORNING)
    assert concerns(session, visible_to=cast["Priya"], only_open=True) == []
    assert concerns(session, visible_to=cast["Priya"]) == [concern]


def test_a_child_at_risk_is_a_gap_until_a_concern_is_raised(
    session: Session, audited: Audited
) -> None:
    asked = Catalogue([paths.QUESTIONNAIRES]).get("case-file", "infant-injury-2026")
    file = session.get_one(CaseFile, audited.files["C1", "POL"])
    respondent = file.agency.respondent([file.case.audit.partnership])
    change = Change("immediate-concern.child-at-risk", Answer("yes"), Answer().digest)
    fill_in(session, file.sheet, asked, respondent, [change], by=audited["Silas"], now=MORNING)
    assert lacking(session, file, asked).concern
    raised(session, audited)
    assert not lacking(session, file, asked).concern
