"""What the history remembers: whose each event is, in which words, and under which seal."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import s11audit
from s11audit.domain.actions import ACTION_STEPS
from s11audit.domain.event_details import detail_in_words
from s11audit.domain.event_groups import GROUP_LABELS
from s11audit.domain.event_kinds import EVENT_KINDS, kinds_of, sentence_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.versions import VERSION_STEPS
from s11audit.domain.workflow import RETURN_STEPS, ROUND_STEPS, ReturnStatus
from s11audit.models import Action, Agency, AgencyReturn, AuditRound, Event, User
from s11audit.models.database import Database
from s11audit.services import events
from s11audit.services.account import change_password
from s11audit.services.actions import add_note, take_action_step
from s11audit.services.answers import start_return
from s11audit.services.events import record, seal
from s11audit.services.moderation import take_return_step
from s11audit.services.returns import hand_back, send_for_sign_off, take_back
from s11audit.services.rounds import add_agencies, create_round, extend, take_round_step
from tests.cast import Cast
from tests.rounds_and_returns import COMPLETE, NOON, Opened, fill, return_named, submit

PACKAGE = Path(s11audit.__file__).parent
KIND = re.compile(r"[a-z]+(-[a-z]+)+|seen|downloaded")
ACCOUNT = re.compile(r"user \d+")
# What a person types somewhere below, and the history must never repeat.
TYPED = "Rumpelstiltskin"


def every_event(session: Session) -> list[Event]:
    return list(session.scalars(select(Event).order_by(Event.id)))


@pytest.fixture
def life(session: Session, cast: Cast, small: Questionnaire) -> Session:
    """A session in which a round was set up, answered, signed, moderated, reported and archived."""
    priya, asif, ines = cast["Priya"], cast["Asif"], cast["Ines"]
    audit_round = create_round(
        session,
        cast.partnerships["DOWN"],
        "R1",
        f"Audit of {TYPED}",
        small,
        date(2026, 10, 1),
        date(2026, 12, 18),
        date(2027, 1, 15),
        [cast.agencies["POL"]],
        by=priya,
        now=NOON,
    )
    add_agencies(session, audit_round, [cast.agencies["HOSP"]], by=priya, now=NOON)
    take_round_step(session, audit_round, "open", by=priya, now=NOON, questionnaire=small)
    police, hospital = return_named(session, "R1-POL"), return_named(session, "R1-HOSP")
    extend(session, police, date(2027, 1, 4), TYPED, by=priya, now=NOON)
    start_return(session, hospital, [small], by=cast["Cara"], now=NOON)
    opened = Opened(audit_round.id, small)
    fill(session, "R1-POL", opened, COMPLETE, by=asif)
    send_for_sign_off(session, police, small, by=asif, now=NOON)
    take_back(session, police, by=asif, now=NOON)
    send_for_sign_off(session, police, small, by=asif, now=NOON)
    hand_back(session, police, TYPED, by=ines, now=NOON)
    submit(session, opened, cast, COMPLETE)
    moderate_and_act(session, police, cast)
    steps = ("close", "reopen", "close", "moderate", "report", "archive")
    for name in steps:
        take_round_step(session, audit_round, name, by=priya, now=NOON, reason=TYPED)
    change_password(session, "a new horse and battery", by=asif, session_id=0, now=NOON)
    return session


def moderate_and_act(session: Session, police: AgencyReturn, cast: Cast) -> None:
    action = session.scalars(select(Action)).one()
    add_note(session, action, TYPED, by=cast["Asif"], now=NOON)
    for name in ("start", "claim-complete"):
        version = action.version
        take_action_step(session, action, name, TYPED, by=cast["Asif"], now=NOON, version=version)
    for name in ("moderate", "agree"):
        take_return_step(session, police, name, by=cast["Mo"], now=NOON)


def test_every_event_in_the_life_of_a_round_belongs_to_somebody(life: Session) -> None:
    found = every_event(life)
    assert {event.kind for event in found} >= {"round-archived", "action-made", "return-agreed"}
    for event in found:
        owners = (event.partnership_id, event.agency_id, event.round_id)
        assert any(owners) or ACCOUNT.fullmatch(event.subject), event.kind


def test_what_happens_to_a_return_is_its_agencys_in_its_round(life: Session, cast: Cast) -> None:
    audit_round = life.scalars(select(AuditRound)).one()
    for event in every_event(life):
        if event.subject.startswith(("return R1-POL", "action R1-POL")):
            assert event.agency_id == cast.agencies["POL"], event.kind
            assert event.round_id == audit_round.id, event.kind


def test_nothing_that_somebody_typed_is_in_the_history(life: Session) -> None:
    for event in every_event(life):
        stored = f"{event.subject} {event.detail}"
        for typed in (TYPED, "The deputy leads", "Open a separate room", "Head of Custody"):
            assert typed not in stored, event.kind


def test_every_step_says_what_the_status_was_and_is(life: Session) -> None:
    steps = [*ROUND_STEPS, *RETURN_STEPS, *ACTION_STEPS, *VERSION_STEPS]
    targets = {step.event: (step.sources, step.target) for step in steps}
    found = [event for event in every_event(life) if event.kind in targets]
    told = [event for event in found if event.kind != "return-started"]
    assert len(told) > 12
    for event in told:
        sources, target = targets[event.kind]
        assert event.detail["before"] in sources, event.kind
        assert event.detail["after"] == target, event.kind


def test_an_extension_says_both_dates(life: Session) -> None:
    (extended,) = (event for event in every_event(life) if event.kind == "return-extended")
    assert extended.detail == {"before": "2026-12-18", "after": "2027-01-04"}
    assert detail_in_words(extended.detail) == "18 December 2026 → 4 January 2027"


def recorded_kinds() -> Iterator[tuple[str, str]]:
    """(Kind, file) of whatever any module hands to `record`, or to a function before it."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "record(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            for part in _texts_of_kind(node):
                yield part, path.relative_to(PACKAGE).as_posix()


def _texts_of_kind(node: ast.AST) -> Iterator[str]:
    """Texts that are a kind: an early argument of what records, or what is called a kind."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        called = node.func.id if isinstance(node.func, ast.Name) else called
        parts = list(node.args[:3]) if "record" in called else []
    elif isinstance(node, ast.Assign):
        is_kind = any(isinstance(one, ast.Name) and one.id == "kind" for one in node.targets)
        parts = [node.value] if is_kind else []
    for part in parts:
        for leaf in ast.walk(part):
            text = leaf.value if isinstance(leaf, ast.Constant) else None
            if isinstance(text, str) and KIND.fullmatch(text):
                yield text


def test_every_kind_that_code_records_has_its_sentence() -> None:
    steps = [*ROUND_STEPS, *RETURN_STEPS, *ACTION_STEPS, *VERSION_STEPS]
    found = {*recorded_kinds(), *((step.event, "a lifecycle") for step in steps)}
    assert len(found) > 30
    assert {(kind, where) for kind, where in found if kind not in EVENT_KINDS} == set()


def test_no_sentence_is_for_something_that_is_never_recorded() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    elsewhere = texts.replace((PACKAGE / "domain/event_kinds.py").read_text(encoding="utf-8"), "")
    made = {f"return-made-{status}" for status in ReturnStatus}
    unused = {kind for kind in EVENT_KINDS if f'"{kind}"' not in elsewhere} - made
    assert unused <= {"seen", "downloaded"}


def test_every_group_has_a_label_and_kinds() -> None:
    for group in GROUP_LABELS:
        assert kinds_of(group)
    assert {known.group for known in EVENT_KINDS.values()} == set(GROUP_LABELS)


def test_sentences_name_what_it_happened_to() -> None:
    assert sentence_of("return-submitted", "return R1-POL") == "signed and submitted return R1-POL"
    assert sentence_of("signed-in", "user 3") == "signed in"
    assert sentence_of("something-older", "round R1") == "something older: round R1"


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({}, ""),
        ({"sha256": "abc", "reason_given": True}, "reason given"),
        ({"before": ["nursery"], "after": []}, "nursery → none"),
        ({"before": False, "after": True}, "no → yes"),
        ({"role": "agency-lead", "place": "POL"}, "Agency lead, place POL"),
        ({"questions": ["a.b", "a.c"]}, "2 questions"),
        ({"questions": []}, ""),
        ({"file": "R1.xlsx", "returns": 1}, "R1.xlsx, 1 return"),
        (
            {"before": "in-progress", "after": "awaiting-sign-off"},
            "in progress → awaiting sign off",
        ),
        ({"role": "astronaut"}, "astronaut"),
    ],
)
def test_detail_is_put_in_words(detail: dict[str, object], words: str) -> None:
    assert detail_in_words(detail) == words


def test_every_column_of_an_event_is_under_its_seal(session: Session, cast: Cast) -> None:
    """A new column that nobody sealed could be changed unseen."""
    session.info[events.ADDRESS] = "192.0.2.1"
    agency = session.get_one(Agency, cast.agencies["POL"])
    event = record(session, "agency-added", "agency POL", by=1, at=NOON, of=agency)
    event.partnership_id = event.round_id = 5
    sealed = seal(event)
    others = {"kind": "x", "subject": "x", "detail": {"x": 1}, "happened_at": NOON + timedelta(1)}
    for column in Event.__table__.columns.keys():  # noqa: SIM118 - a collection of columns
        if column in ("id", "sha256"):
            continue
        before = getattr(event, column)
        other = others.get(column, 9 if isinstance(before, int) else "x")
        setattr(event, column, other)
        assert seal(event) != sealed, column
        if column in ("address", "partnership_id", "agency_id", "round_id", "user_id"):
            setattr(event, column, "" if column == "address" else None)
            assert seal(event) != sealed, column
        setattr(event, column, before)
    session.expunge(event)


def test_a_person_is_no_owner_so_an_account_event_is_nobodys(session: Session, cast: Cast) -> None:
    user = session.get_one(User, cast["Asif"].user_id)
    event = record(session, "signed-in", f"user {user.id}", by=user.id, at=NOON)
    assert (event.partnership_id, event.agency_id, event.round_id) == (None, None, None)


def test_events_that_are_written_at_once_stand_in_one_chain(database: Database) -> None:
    with database.writing.begin() as session:
        first = record(session, "agency-added", "agency A", by=None, at=NOON)
        second = record(session, "agency-added", "agency B", by=None, at=NOON)
        assert second.previous_sha256 == first.sha256
