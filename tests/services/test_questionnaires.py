"""Uploaded versions: two people publish one, and then nobody changes what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from threading import Event as Signal
from threading import Thread

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from s11audit.domain.compatibility import compatibility
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.versions import VersionStatus
from s11audit.domain.viewers import Grant, Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    Event,
    Membership,
    Partnership,
    QuestionnaireVersion,
    StoredAnswer,
    User,
)
from s11audit.models.database import Database
from s11audit.models.questionnaires import PublishedVersionError
from s11audit.models.walls import Wall
from s11audit.queries.people import operator
from s11audit.queries.questionnaires import (
    UploadedVersions,
    held_answers,
    uploaded_version,
    uploaded_versions,
)
from s11audit.questionnaires import (
    Catalogue,
    QuestionnaireFaultsError,
    UnknownQuestionnaireError,
    UnpublishedQuestionnaireError,
    load_text,
)
from s11audit.services import questionnaires as service
from s11audit.services.history import Verdict, verify_published
from s11audit.services.refusals import RefusedError
from s11audit.services.rounds import create_round
from tests.cast import Cast
from tests.conftest import QUESTIONNAIRES
from tests.rounds_and_returns import COMPLETE, Opened, fill

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
DRAFT = """questionnaire: pulse
version: "{version}"
kind: self-assessment
title: {title}
{more}standards:
  - id: a
    title: A
    questions:
      - {{id: {key}, type: yes-no, ask: Is it so?}}
"""


def text(version: str = "1", title: str = "Pulse", more: str = "", key: str = "x") -> bytes:
    return DRAFT.format(version=version, title=title, more=more, key=key).encode()


@pytest.fixture
def pat(session: Session, cast: Cast) -> Viewer:
    """A second manager of Priya's partnership."""
    home = cast.partnerships["DOWN"]
    user = User(name="Pat", email="pat@example.org", password_hash="-", created_at=NOW)
    session.add(Membership(user=user, role=Role.MANAGER, partnership_id=home))
    session.flush()
    return Viewer(user.id, "Pat", grants=(Grant(Role.MANAGER, partnership_id=home),))


def seen_by(session: Session, viewer: Viewer | None) -> Catalogue:
    return Catalogue([QUESTIONNAIRES], UploadedVersions(lambda: session, lambda: viewer))


def upload(session: Session, by: Viewer, raw: bytes, home: int) -> QuestionnaireVersion:
    return service.upload_draft(session, seen_by(session, by), raw, home, by=by, now=NOW)


def publish(session: Session, cast: Cast, pat: Viewer, raw: bytes) -> QuestionnaireVersion:
    """Priya uploads and proposes, Pat publishes."""
    priya = cast["Priya"]
    draft = upload(session, priya, raw, cast.partnerships["DOWN"])
    service.propose(session, seen_by(session, priya), draft, by=priya, now=NOW)
    service.publish(session, seen_by(session, pat), draft, by=pat, now=NOW)
    return draft


def test_a_second_person_publishes_what_the_first_uploaded(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    version = publish(session, cast, pat, text())
    assert (version.status, version.sha256) == (
        VersionStatus.PUBLISHED,
        load_text(text().decode()).sha256,
    )
    (listed,) = [one for one in seen_by(session, pat).published() if one.is_uploaded]
    assert (listed.id, listed.version, listed.title) == ("pulse", "1", "Pulse")
    assert (listed.published_on, listed.sha256) == (NOW.date(), version.sha256)
    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(one.kind, one.user_id) for one in events] == [
        ("questionnaire-uploaded", cast["Priya"].user_id),
        ("questionnaire-proposed", cast["Priya"].user_id),
        ("questionnaire-published", pat.user_id),
    ]
    assert {one.subject for one in events} == {"questionnaire pulse/1"}
    assert {one.detail["sha256"] for one in events} == {version.sha256}


def test_neither_who_uploaded_nor_who_proposed_may_publish(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    priya = cast["Priya"]
    draft = upload(session, priya, text(), cast.partnerships["DOWN"])
    service.propose(session, seen_by(session, pat), draft, by=pat, now=NOW)
    for who in (priya, pat):
        with pytest.raises(RefusedError, match="Somebody else has to publish"):
            service.publish(session, seen_by(session, who), draft, by=who, now=NOW)
    assert draft.status is VersionStatus.PROPOSED


@pytest.mark.parametrize("who", ["Mo", "Asif", "Olga"])
def test_only_managers_of_the_partnership_upload(session: Session, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionError):
        upload(session, cast[who], text(), cast.partnerships["DOWN"])
    with pytest.raises(PermissionError):
        upload(session, operator(session), text(), cast.partnerships["DOWN"])


def test_a_draft_is_uploaded_again_until_it_is_proposed(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    home = cast.partnerships["DOWN"]
    first = upload(session, cast["Priya"], text(), home)
    again = upload(session, pat, text(title="Better"), home)
    assert (again.id, again.title, again.uploaded_by_id) == (first.id, "Better", pat.user_id)
    assert seen_by(session, pat).get("pulse", "1").title == "Better"
    service.propose(session, seen_by(session, pat), again, by=pat, now=NOW)
    with pytest.raises(RefusedError, match="hand it back first"):
        upload(session, pat, text(), home)
    with pytest.raises(RefusedError, match="Say why"):
        service.hand_back(session, again, reason=" ", by=cast["Priya"], now=NOW)
    service.hand_back(session, again, reason="Plainer words", by=cast["Priya"], now=NOW)
    assert (again.status, again.status_reason) == (VersionStatus.DRAFT, "Plainer words")
    assert upload(session, pat, text(), home).proposed_by_id is None


def test_what_has_faults_is_not_kept(session: Session, cast: Cast) -> None:
    lost = text("2", more='replaces: "1"\n', key="y")
    upload(session, cast["Priya"], text(), cast.partnerships["DOWN"])
    for raw, says in (
        (b"kind: [", "this is not YAML"),
        (b"\xff\xfe", "UTF-8"),
        (text("3", more='replaces: "none"\n'), "is nowhere"),
        (lost, "“a.x” of 1 is lost"),
    ):
        with pytest.raises(QuestionnaireFaultsError, match=says):
            upload(session, cast["Priya"], raw, cast.partnerships["DOWN"])
    assert len(session.scalars(select(QuestionnaireVersion)).all()) == 1


def test_two_uploads_at_the_same_moment_keep_one(database: Database, cast: Cast) -> None:
    priya, home = cast["Priya"], cast.partnerships["DOWN"]
    outcomes: list[str] = []
    first_has_written = Signal()

    def upload_second() -> None:
        first_has_written.wait()
        with database.writing() as session:
            try:
                upload(session, priya, text(title="Second"), home)
            except RefusedError as error:
                outcomes.append(str(error))
            session.commit()

    second = Thread(target=upload_second)
    second.start()
    with database.writing.begin() as session:
        upload(session, priya, text(title="First"), home)
        first_has_written.set()
        second.join(timeout=0.3)  # on PostgreSQL it is in the middle of its own by now
    second.join()
    with database.reading() as session:
        kept = session.scalars(select(QuestionnaireVersion.title)).all()
    assert kept == (["First"] if outcomes else ["Second"])  # SQLite lets one follow the other


def test_a_version_that_is_taken_is_refused(session: Session, cast: Cast, pat: Viewer) -> None:
    home = cast.partnerships["DOWN"]
    shipped = (QUESTIONNAIRES / "small" / "1.yaml").read_bytes()
    with pytest.raises(RefusedError, match="comes as a file"):
        upload(session, pat, shipped, home)
    publish(session, cast, pat, text())
    with pytest.raises(RefusedError, match="is published, so it never changes"):
        upload(session, pat, text(title="Another"), home)
    upload(session, pat, text("2"), home)


def test_that_a_version_is_taken_does_not_tell_by_whom(
    database: Database, session: Session, cast: Cast, pat: Viewer
) -> None:
    """Also where the wall of PostgreSQL hides the row that is there."""
    publish(session, cast, pat, text())
    upload(session, pat, text("2"), cast.partnerships["DOWN"])
    session.commit()
    olga = cast["Olga"]
    for version in ("1", "2"):
        with database.within(Wall.around(olga)).writing() as walled:
            with pytest.raises(RefusedError) as refused:
                upload(walled, olga, text(version), cast.partnerships["FAR"])
            assert str(refused.value) == (
                f"There is already a version {version} of pulse. Give yours another version"
            )
            assert "FAR" in set(walled.scalars(select(Partnership.reference)))  # it still works


def test_others_see_a_published_version_once_a_round_asks_it_of_them(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    priya = cast["Priya"]
    draft = upload(session, priya, text(), cast.partnerships["DOWN"])
    for stranger in (cast["Olga"], cast["Asif"], None):
        with pytest.raises(UnknownQuestionnaireError):
            seen_by(session, stranger).get("pulse", "1")
    assert uploaded_versions(session, visible_to=cast["Olga"]) == []
    assert uploaded_version(session, "pulse", "1", visible_to=cast["Olga"]) is None
    assert uploaded_version(session, "pulse", "1", visible_to=cast["Mo"]) is draft
    assert seen_by(session, cast["Mo"]).get("pulse", "1").title == "Pulse"
    service.propose(session, seen_by(session, priya), draft, by=priya, now=NOW)
    service.publish(session, seen_by(session, pat), draft, by=pat, now=NOW)
    for stranger in (cast["Olga"], cast["Asif"], None):
        with pytest.raises(UnknownQuestionnaireError):
            seen_by(session, stranger).get("pulse", "1")
    assert uploaded_versions(session, visible_to=cast["Olga"]) == []
    _ask(session, cast, pat, "P1")
    session.info.clear()  # as a new request
    assert seen_by(session, cast["Asif"]).get("pulse", "1").title == "Pulse"
    for stranger in (cast["Olga"], cast["Cara"]):
        with pytest.raises(UnknownQuestionnaireError):
            seen_by(session, stranger).get("pulse", "1")
    _ask(session, cast, pat, "P2", shared_with=["FAR"])
    session.info.clear()
    assert seen_by(session, cast["Olga"]).get("pulse", "1").title == "Pulse"
    assert uploaded_versions(session, visible_to=cast["Olga"]) == [draft]


def _ask(
    session: Session, cast: Cast, by: Viewer, reference: str, shared_with: Sequence[str] = ()
) -> None:
    """An open round of the questionnaire, for the police."""
    everywhere = [Grant(Role.MANAGER, partnership_id=id_) for id_ in cast.partnerships.values()]
    both = replace(by, grants=tuple(everywhere))
    made = create_round(
        session,
        cast.partnerships["DOWN"],
        reference,
        "Pulse",
        seen_by(session, by).get("pulse", "1"),
        date(2027, 1, 1),
        date(2027, 2, 1),
        date(2027, 3, 1),
        [cast.agencies["POL"]],
        shared_with=[cast.partnerships[one] for one in shared_with],
        by=both,
        now=NOW,
    )
    made.status = RoundStatus.OPEN
    session.flush()


def test_a_round_asks_only_what_is_published(session: Session, cast: Cast, pat: Viewer) -> None:
    draft = upload(session, cast["Priya"], text(), cast.partnerships["DOWN"])
    with pytest.raises(UnpublishedQuestionnaireError, match="not published"):
        seen_by(session, pat).to_ask("pulse", "1")
    service.propose(session, seen_by(session, pat), draft, by=cast["Priya"], now=NOW)
    service.publish(session, seen_by(session, pat), draft, by=pat, now=NOW)
    assert seen_by(session, pat).to_ask("pulse", "1").sha256 == draft.sha256
    with pytest.raises(RefusedError, match="Say why"):
        service.withdraw(session, draft, reason="", by=pat, now=NOW)
    service.withdraw(session, draft, reason="Replaced", by=pat, now=NOW)
    with pytest.raises(UnpublishedQuestionnaireError, match="withdrawn"):
        seen_by(session, pat).to_ask("pulse", "1")
    assert seen_by(session, pat).get("pulse", "1", draft.sha256).title == "Pulse"
    with pytest.raises(StepNotAllowedError):
        service.publish(session, seen_by(session, pat), draft, by=pat, now=NOW)


def test_a_version_is_not_published_before_the_one_that_it_replaces(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    priya, home = cast["Priya"], cast.partnerships["DOWN"]
    upload(session, priya, text(), home)
    newer = upload(session, priya, text("2", more='replaces: "1"\n'), home)
    service.propose(session, seen_by(session, priya), newer, by=priya, now=NOW)
    with pytest.raises(RefusedError, match="Publish version 1 first"):
        service.publish(session, seen_by(session, pat), newer, by=pat, now=NOW)


def test_a_text_that_was_changed_behind_our_back_is_not_published(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    draft = upload(session, cast["Priya"], text(), cast.partnerships["DOWN"])
    service.propose(session, seen_by(session, pat), draft, by=cast["Priya"], now=NOW)
    session.execute(update(QuestionnaireVersion).values(source=text(title="Other").decode()))
    session.refresh(draft)
    with pytest.raises(RefusedError, match="no longer the one that was uploaded"):
        service.publish(session, seen_by(session, pat), draft, by=pat, now=NOW)


@pytest.mark.parametrize(
    "change",
    [{"source": "x"}, {"sha256": "0" * 64}, {"version": "2"}, {"source": "x", "status": "draft"}],
)
def test_what_a_published_version_says_cannot_be_changed(
    session: Session, cast: Cast, pat: Viewer, change: dict[str, str]
) -> None:
    version = publish(session, cast, pat, text())
    for name, value in change.items():
        setattr(version, name, value)
    with pytest.raises(PublishedVersionError, match="pulse"):
        session.flush()


def test_a_published_version_cannot_be_deleted(session: Session, cast: Cast, pat: Viewer) -> None:
    session.delete(publish(session, cast, pat, text()))
    with pytest.raises(PublishedVersionError):
        session.flush()


def test_a_published_text_changed_in_the_database_is_a_fault(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    version = publish(session, cast, pat, text())
    session.execute(update(QuestionnaireVersion).values(source=text(title="Other").decode()))
    session.expire_all()
    (fault,) = [
        one for one in seen_by(session, pat).faults() if one.path == "uploaded pulse/1.yaml"
    ]
    assert f"was published with the fingerprint {version.sha256[:12]}" in fault.message
    assert [one for one in seen_by(session, pat).published() if one.is_uploaded] == []


def test_a_fingerprint_exchanged_with_its_text_is_not_the_one_in_the_history(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    publish(session, cast, pat, text())
    assert verify_published(session) == Verdict(1)
    other = text(title="Other").decode()
    exchanged = {"source": other, "sha256": load_text(other).sha256}
    session.execute(update(QuestionnaireVersion).values(exchanged))
    session.expire_all()
    assert "pulse/1 is not the one that was published" in verify_published(session).fault


def test_looking_again_costs_one_small_statement_and_no_text(
    session: Session, cast: Cast, pat: Viewer
) -> None:
    publish(session, cast, pat, text())
    catalogue = seen_by(session, pat)
    catalogue.versions()
    said: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *call: said.append(call[2]))
    session.info.clear()  # as a new request
    first = catalogue.get("pulse", "1")
    assert catalogue.get("pulse", "1") is first
    assert len(catalogue.versions()) > 1
    catalogue.get("small", "1")
    (statement,) = said
    assert "source" not in statement


def test_held_answers_are_counted_by_value_where_values_can_be_compared(
    session: Session, cast: Cast, opened: Opened, small: Questionnaire
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    held = held_answers(session, small, visible_to=cast["Priya"])
    assert held["leadership.board-lead"] == {"met": 1}
    assert held["training.staff"] == {"120": 1}
    assert held["custody.post"] == {"": 1}
    assert "training.difference" not in held
    touched = {one.old.key: one.touched for one in compatibility(small, small, held)}
    assert set(touched.values()) == {0}
    assert held_answers(session, small, visible_to=cast["Olga"]) == {}
    session.execute(update(StoredAnswer).values(to_confirm=True))
    assert held_answers(session, small, visible_to=cast["Priya"]) == {}
