"""Files that support answers: whose they are, what they count for, and when they can go."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer, Part
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import AgencyReturn, AuditRound, Event, EvidenceFile
from s11audit.queries.evidence import files_of_return, files_to_choose
from s11audit.queries.returns import latest_snapshot
from s11audit.services import evidence
from s11audit.services.evidence import NewFile, delete_file, take_away, use_again
from s11audit.services.evidence_store import FolderStore
from s11audit.services.evidence_sweeping import drop_content, sweep
from s11audit.services.refusals import RefusedError
from s11audit.services.returns import GapsError, RoundNotOpenError, send_for_sign_off, take_back
from tests.cast import Cast
from tests.contents import PDF, PDF_TYPE
from tests.rounds_and_returns import COMPLETE, NOON, Opened, delegate, fill, return_named, submit

LEAD = "leadership.board-lead"
POST = "custody.post"


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "evidence")


class Agency:
    """The police adding files, as one of them."""

    def __init__(self, session: Session, opened: Opened, cast: Cast, store: FolderStore) -> None:
        self.session, self.opened, self.cast, self.store = session, opened, cast, store

    @property
    def police(self) -> AgencyReturn:
        return return_named(self.session, "R1-POL")

    def new(self, name: str = "policy.pdf", raw: bytes = PDF) -> NewFile:
        return NewFile(name, PDF_TYPE, raw, self.store.write(io.BytesIO(raw)))

    def add(
        self,
        name: str = "policy.pdf",
        raw: bytes = PDF,
        key: str = LEAD,
        by: str = "Asif",
        reference: str = "R1-POL",
    ) -> EvidenceFile:
        return evidence.add_file(
            self.session,
            return_named(self.session, reference),
            key,
            self.new(name, raw),
            [self.opened.questionnaire],
            store=self.store,
            by=self.cast[by],
            now=NOON,
        )

    def names(self) -> Mapping[str, list[str]]:
        held = files_of_return(self.session, self.police.id)
        return {key: [file.name for file in files] for key, files in held.items()}


@pytest.fixture
def agency(session: Session, opened: Opened, cast: Cast, store: FolderStore) -> Agency:
    return Agency(session, opened, cast, store)


def kinds(session: Session) -> list[str]:
    rows = session.scalars(select(Event.kind).where(Event.kind.startswith("evidence")))
    return list(rows.all())


def test_a_file_starts_the_return_and_the_history_has_its_number_but_not_its_name(
    agency: Agency, session: Session
) -> None:
    file = agency.add("Named after a child.pdf")
    assert agency.police.status is ReturnStatus.IN_PROGRESS
    assert agency.names() == {LEAD: ["Named after a child.pdf"]}
    assert (file.size, file.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    event = session.scalars(select(Event).where(Event.kind == "evidence-added")).one()
    assert event.detail == {"question": LEAD, "files": [file.id]}
    assert event.agency_id == file.agency_id


def test_one_file_supports_many_answers_and_is_kept_once(agency: Agency, session: Session) -> None:
    first = agency.add()
    assert agency.add(key=POST).id == first.id
    assert agency.add().id == first.id
    assert agency.add("other-name.pdf").id != first.id
    assert agency.names() == {LEAD: ["policy.pdf", "other-name.pdf"], POST: ["policy.pdf"]}
    by, chain = agency.cast["Asif"], [agency.opened.questionnaire]
    other = session.scalars(select(EvidenceFile.id).where(EvidenceFile.name != "policy.pdf")).one()
    assert use_again(session, agency.police, POST, [first.id, other], chain, by=by, now=NOON) == 1
    assert kinds(session) == ["evidence-added"] * 4
    assert len(list(agency.store.everything())) == 1


def test_a_file_counts_as_the_evidence_that_an_answer_needs(
    agency: Agency, session: Session
) -> None:
    bare = COMPLETE | {LEAD: Answer("met", comment="The deputy leads.")}
    fill(session, "R1-POL", agency.opened, bare, by=agency.cast["Asif"])
    told = {"by": agency.cast["Asif"], "now": NOON}
    with pytest.raises(GapsError) as caught:
        send_for_sign_off(session, agency.police, agency.opened.questionnaire, **told)
    assert [gap.part for gap in caught.value.gaps] == [Part.EVIDENCE]
    session.rollback()
    fill(session, "R1-POL", agency.opened, bare, by=agency.cast["Asif"])
    agency.add()
    send_for_sign_off(session, agency.police, agency.opened.questionnaire, **told)
    assert agency.police.status is ReturnStatus.AWAITING_SIGN_OFF


def test_what_is_frozen_names_the_files_and_their_contents(
    agency: Agency, session: Session
) -> None:
    fill(session, "R1-POL", agency.opened, COMPLETE, by=agency.cast["Asif"])
    file = agency.add()
    told = {"by": agency.cast["Asif"], "now": NOON}
    first = send_for_sign_off(session, agency.police, agency.opened.questionnaire, **told)
    assert json.loads(first.content)["files"] == {LEAD: [["policy.pdf", file.sha256]]}
    take_back(session, agency.police, **told)
    agency.add("policy.pdf", PDF + b"%%EOF another")
    second = send_for_sign_off(session, agency.police, agency.opened.questionnaire, **told)
    assert second.sha256 != first.sha256


def test_files_of_a_return_that_is_frozen_or_submitted_stay_as_they_are(
    agency: Agency, session: Session
) -> None:
    file = agency.add()
    unused = agency.add("unused.pdf", key=POST)
    take_away(session, agency.police, POST, unused.id, by=agency.cast["Asif"], now=NOON)
    submit(session, agency.opened, agency.cast, COMPLETE)
    by, chain = agency.cast["Asif"], [agency.opened.questionnaire]
    with pytest.raises(StepNotAllowedError):
        take_away(session, agency.police, LEAD, file.id, by=by, now=NOON)
    with pytest.raises(StepNotAllowedError):
        agency.add("late.pdf")
    with pytest.raises(StepNotAllowedError):
        use_again(session, agency.police, LEAD, [unused.id], chain, by=by, now=NOON)
    with pytest.raises(RefusedError, match="supports an answer"):
        delete_file(session, agency.police, file.id, by=by, now=NOON)
    assert agency.names() == {LEAD: ["policy.pdf"]}
    assert latest_snapshot(session, agency.police.id) is not None


def test_nothing_is_added_once_the_round_is_closed(agency: Agency, session: Session) -> None:
    session.execute(update(AuditRound).values(status=RoundStatus.CLOSED))
    session.expire_all()
    with pytest.raises(RoundNotOpenError):
        agency.add()


@pytest.mark.parametrize("name", ["Cara", "Ines", "Priya", "Mo", "Olga"])
def test_nobody_else_adds_files(agency: Agency, name: str) -> None:
    with pytest.raises(PermissionError):
        agency.add(by=name)


def test_a_contributor_adds_to_what_was_delegated_and_uses_what_belongs_there(
    agency: Agency, session: Session
) -> None:
    bea, chain = agency.cast["Bea"], [agency.opened.questionnaire]
    secret = agency.add("secret.pdf", key=LEAD)
    delegate(session, agency.cast, "R1-POL", ["custody"])
    shared = agency.add("shared.pdf", key="custody.children")
    with pytest.raises(PermissionError):
        agency.add(key=LEAD, by="Bea")
    own = agency.add("own.pdf", key=POST, by="Bea")
    choice = files_to_choose(session, agency.police, "custody.other", visible_to=bea)
    assert [file.id for file in choice] == [own.id, shared.id]
    with pytest.raises(RefusedError, match="your agency only"):
        use_again(session, agency.police, POST, [secret.id], chain, by=bea, now=NOON)
    assert use_again(session, agency.police, POST, [shared.id], chain, by=bea, now=NOON) == 1


def test_another_agencys_file_cannot_be_used(agency: Agency, session: Session) -> None:
    theirs = agency.add("theirs.pdf", by="Dana", reference="R1-SCH")
    by, chain = agency.cast["Asif"], [agency.opened.questionnaire]
    assert files_to_choose(session, agency.police, LEAD, visible_to=by) == []
    with pytest.raises(RefusedError):
        use_again(session, agency.police, LEAD, [theirs.id], chain, by=by, now=NOON)
    assert delete_file(session, agency.police, theirs.id, by=by, now=NOON) is None
    assert theirs.removed_at is None


def test_files_are_found_by_a_part_of_their_names_newest_first(
    agency: Agency, session: Session
) -> None:
    for number in range(3):
        agency.add(f"Minutes {number}%.pdf", key=POST)
    agency.add("policy.pdf", key=POST)

    def found(called: str) -> list[str]:
        by = agency.cast["Asif"]
        files = files_to_choose(session, agency.police, LEAD, visible_to=by, called=called)
        return [file.name for file in files]

    assert found("minutes") == ["Minutes 2%.pdf", "Minutes 1%.pdf", "Minutes 0%.pdf"]
    assert found("1%") == ["Minutes 1%.pdf"]
    assert found("_") == []


def test_one_answer_has_so_many_files_and_no_more(agency: Agency) -> None:
    for number in range(evidence.MOST_FILES):
        agency.add(f"{number}.pdf")
    with pytest.raises(RefusedError, match="can have 20 files"):
        agency.add("one too many.pdf")


def test_a_file_is_deleted_by_whom_it_belongs_to_and_its_content_when_nobody_has_it(
    agency: Agency, session: Session
) -> None:
    own = agency.add("own.pdf", by="Bea")
    leads = agency.add("lead.pdf", PDF + b"%%EOF")
    other = agency.add("other.pdf", key=POST)  # of the same content
    asif, bea = agency.cast["Asif"], agency.cast["Bea"]
    with pytest.raises(RefusedError, match="Your agency lead"):
        delete_file(session, agency.police, leads.id, by=bea, now=NOON)
    for key, file in ((LEAD, own), (POST, other)):
        take_away(session, agency.police, key, file.id, by=asif, now=NOON)
    assert delete_file(session, agency.police, other.id, by=bea, now=NOON) is None
    assert delete_file(session, agency.police, own.id, by=bea, now=NOON) is own
    session.flush()
    assert not drop_content(session, agency.store, own.sha256)
    assert delete_file(session, agency.police, other.id, by=asif, now=NOON) is other
    session.flush()
    assert drop_content(session, agency.store, own.sha256)
    assert [one.sha256 for one in agency.store.everything()] == [leads.sha256]
    assert delete_file(session, agency.police, own.id, by=asif, now=NOON) is None
    with pytest.raises(RefusedError):
        use_again(
            session, agency.police, LEAD, [own.id], [agency.opened.questionnaire], by=asif, now=NOON
        )


def test_a_content_that_somebody_took_out_meanwhile_is_kept_again(
    agency: Agency, session: Session
) -> None:
    new = agency.new()
    agency.store.remove(new.sha256)  # by somebody who deleted their file of the same content
    told = {"store": agency.store, "by": agency.cast["Asif"], "now": NOON}
    chain = [agency.opened.questionnaire]
    evidence.add_file(session, agency.police, LEAD, new, chain, **told)
    assert agency.store.has(new.sha256)


def test_a_sweep_takes_what_nobody_has_needed_for_a_day_and_names_what_is_missing(
    agency: Agency, session: Session
) -> None:
    held = agency.add()
    lost = agency.add("lost.pdf", PDF + b"lost")
    agency.store.remove(lost.sha256)
    nobodys = agency.store.write(io.BytesIO(b"left behind"))
    today, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=2)
    young = sweep(session, agency.store, now=today, dry_run=False)
    assert (young.contents, young.missing) == ((), (lost.sha256,))
    assert sweep(session, agency.store, now=later, dry_run=True).contents == (nobodys,)
    assert agency.store.has(nobodys)
    assert sweep(session, agency.store, now=later, dry_run=False).contents == (nobodys,)
    assert [one.sha256 for one in agency.store.everything()] == [held.sha256]
    assert kinds(session)[-1] == "evidence-swept"
