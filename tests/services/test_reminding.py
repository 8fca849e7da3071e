"""Reminders: who is told, once, whoever else runs at the same moment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Role
from s11audit.domain.reminding import USUAL_PLAN
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.workflow import ReturnStatus, RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Event,
    Invitation,
    Membership,
    OutgoingMail,
    Reminder,
    User,
)
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.invitations import open_invitation
from s11audit.queries.people import token_digest
from s11audit.services.refusals import RefusedError
from s11audit.services.reminding import RoundTold, change_plan, remind, remind_now, to_remind
from s11audit.services.return_mail import Links
from s11audit.services.returns import send_for_sign_off, sign_and_submit
from s11audit.services.rounds import add_agencies, extend
from tests.cast import LONG_AGO, Cast
from tests.joined import join
from tests.rounds_and_returns import COMPLETE, Opened, fill, return_named, submit

DUE = date(2026, 12, 18)
BASE = "https://audit.example.org"


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def on(days: int) -> date:
    return DUE + timedelta(days)


def run(session: Session, day: date) -> list[RoundTold]:
    return remind(session, Links(BASE), today=day, now=noon(day))


def mail(session: Session) -> list[OutgoingMail]:
    return list(session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def told(session: Session) -> list[tuple[str, str]]:
    """Kind and first name of the recipient of all mail that was written."""
    return sorted((one.kind, one.recipient.partition("@")[0]) for one in mail(session))


def new_mail(session: Session, day: date) -> list[tuple[str, str]]:
    """What a run on this day writes."""
    before = session.scalar(select(func.max(OutgoingMail.id))) or 0
    run(session, day)
    found = session.scalars(select(OutgoingMail).where(OutgoingMail.id > before))
    return sorted((one.kind, one.recipient.partition("@")[0]) for one in found)


LEADS = ("asif", "cara", "dana")


def test_every_lead_is_told_that_the_round_is_open_with_a_link_and_nothing_else(
    session: Session, opened: Opened, cast: Cast
) -> None:
    run(session, on(-60))
    assert told(session) == [("round-opened", name) for name in LEADS]
    first = mail(session)[0]
    assert first.subject == "Section 11 audit 2026 is open: Downshire Hospitals NHS Trust"
    assert f"\n{BASE}/returns/R1-HOSP\n" in first.text
    assert "18 December 2026" in first.text
    assert (first.agency_id, first.round_id) == (cast.agencies["HOSP"], opened.round_id)


def test_a_term_of_days_tells_each_occasion_once_however_often_it_runs(
    session: Session, opened: Opened
) -> None:
    days = {}
    for day in (on(one) for one in range(-60, 31)):
        if found := new_mail(session, day):
            days[(day - DUE).days] = {kind for kind, _ in found}
            assert [name for _, name in found] == list(LEADS)
        assert new_mail(session, day) == []
    assert list(days) == [-60, *USUAL_PLAN]
    assert days[-60] == {"round-opened"}
    assert all(days[one] == {"return-due" if one < 0 else "return-overdue"} for one in USUAL_PLAN)


def test_an_overdue_reminder_says_until_when_the_return_is_taken(
    session: Session, opened: Opened
) -> None:
    session.get_one(AuditRound, opened.round_id).closes_on = on(20)
    run(session, on(1))
    assert "until the end of 7 January 2027" in mail(session)[0].text


@pytest.mark.parametrize(
    "status",
    [
        ReturnStatus.SUBMITTED,
        ReturnStatus.UNDER_MODERATION,
        ReturnStatus.AGREED,
        ReturnStatus.CLOSED,
        ReturnStatus.EXEMPT,
        ReturnStatus.ALTERNATIVE_ASSURANCE,
        ReturnStatus.NIL_RETURN,
    ],
)
def test_whoever_owes_nothing_is_told_nothing(
    session: Session, opened: Opened, status: ReturnStatus
) -> None:
    return_named(session, "R1-POL").status = status
    assert [name for _, name in new_mail(session, on(-7))] == ["cara", "dana"]


@pytest.mark.parametrize(
    ("status", "closes_on"),
    [(RoundStatus.DRAFT, on(60)), (RoundStatus.CLOSED, on(60)), (RoundStatus.OPEN, on(-8))],
)
def test_nobody_is_told_of_a_round_that_takes_no_answers(
    session: Session, opened: Opened, status: RoundStatus, closes_on: date
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    audit_round.status, audit_round.closes_on = status, closes_on
    assert run(session, on(-7)) == []
    assert mail(session) == []


def test_longer_is_told_and_brings_the_reminders_again_by_the_new_date(
    session: Session, opened: Opened, cast: Cast
) -> None:
    for day in (-60, -28, -7):
        run(session, on(day))
    police, later = return_named(session, "R1-POL"), date(2027, 1, 22)
    extend(session, police, later, "Ill", by=cast["Priya"], now=noon(on(-6)))
    assert new_mail(session, on(-6)) == [("return-new-date", "asif")]
    assert "22 January 2027" in mail(session)[-1].text
    assert new_mail(session, on(-1)) == [("return-due", "cara"), ("return-due", "dana")]
    assert new_mail(session, on(1)) == [("return-overdue", "cara"), ("return-overdue", "dana")]
    late = [("return-overdue", "cara"), ("return-overdue", "dana")]
    assert new_mail(session, later - timedelta(28)) == [("return-due", "asif"), *late]
    assert new_mail(session, later - timedelta(8)) == []
    assert new_mail(session, later - timedelta(7)) == [("return-due", "asif")]
    assert new_mail(session, later - timedelta(1)) == [("return-due", "asif")]
    assert new_mail(session, later + timedelta(1)) == [("return-overdue", "asif")]


def test_while_a_return_waits_to_be_signed_its_signatory_is_asked_and_its_lead_knows(
    session: Session, opened: Opened, cast: Cast
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    police = return_named(session, "R1-POL")
    send_for_sign_off(session, police, opened.questionnaire, by=cast["Asif"], now=noon(on(-20)))
    assert {("return-to-sign", "ines"), ("round-opened", "asif")} < set(new_mail(session, on(-9)))
    assert {("return-to-sign", "ines"), ("return-due", "asif")} < set(new_mail(session, on(-7)))


def test_whoever_leads_and_signs_is_written_to_once(
    session: Session, opened: Opened, cast: Cast
) -> None:
    asif, police = cast["Asif"], cast.agencies["POL"]
    session.add(Membership(user_id=asif.user_id, role=Role.SIGNATORY, agency_id=police))
    return_named(session, "R1-POL").status = ReturnStatus.AWAITING_SIGN_OFF
    found = [kind for kind, name in new_mail(session, on(-7)) if name == "asif"]
    assert found == ["return-to-sign"]


def test_people_who_have_left_or_are_disabled_are_not_written_to_and_the_agency_is_named(
    session: Session, opened: Opened, cast: Cast
) -> None:
    ended = update(Membership).where(Membership.user_id == cast["Asif"].user_id)
    session.execute(ended.values(ended_at=LONG_AGO))
    session.get_one(User, cast["Dana"].user_id).is_active = False
    (done,) = run(session, on(-60))
    assert told(session) == [("round-opened", "cara")]
    lacking = [(one.agency_reference, one.lacks) for one in done.unreached]
    assert lacking == [("POL", Role.AGENCY_LEAD), ("SCH", Role.AGENCY_LEAD)]


def test_an_agency_is_told_as_soon_as_somebody_can_be_written_to(
    session: Session, opened: Opened, cast: Cast
) -> None:
    session.get_one(User, cast["Dana"].user_id).is_active = False
    run(session, on(-60))
    join(session, "Newer", (Role.AGENCY_LEAD, "SCH"))
    assert new_mail(session, on(-40)) == [("round-opened", "newer")]


def test_an_agency_that_joins_an_open_round_is_told(
    session: Session, opened: Opened, cast: Cast
) -> None:
    run(session, on(-60))
    home = session.get_one(Agency, cast.agencies["POL"]).partnerships
    session.add(Agency(reference="ASH", name="Ash", agency_type="school", partnerships=home))
    session.flush()
    join(session, "Ash", (Role.AGENCY_LEAD, "ASH"))
    ash = session.scalars(select(Agency.id).filter_by(reference="ASH")).one()
    audit_round = session.get_one(AuditRound, opened.round_id)
    add_agencies(session, audit_round, [ash], by=cast["Priya"], now=noon(on(-50)))
    assert new_mail(session, on(-50)) == [("round-opened", "ash")]


def test_one_event_tells_of_a_run_and_none_of_one_that_did_nothing(
    session: Session, opened: Opened
) -> None:
    run(session, on(-60))
    run(session, on(-59))
    (happened,) = session.scalars(select(Event).where(Event.kind == "round-reminded"))
    assert (happened.subject, happened.detail) == ("round R1", {"returns": 3, "mails": 3})
    assert (happened.user_id, happened.round_id) == (None, opened.round_id)


def test_a_dry_run_says_what_a_run_would_do_and_does_nothing(
    database: Database, opened: Opened
) -> None:
    with database.reading() as reading:
        (planned,) = to_remind(reading, today=on(-7))
    with database.writing.begin() as session:
        assert mail(session) == []
        (done,) = run(session, on(-7))
        assert planned.mails == done.mails == 3


def test_of_two_runs_at_once_one_writes(database: Database, opened: Opened) -> None:
    start = Barrier(2)

    def one_run(_: int) -> int:
        start.wait()
        with database.writing.begin() as session:
            return sum(done.mails for done in run(session, on(-7)))

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(one_run, range(2))) == [0, 3]
    with database.reading() as session:
        assert len(mail(session)) == 3


def test_what_goes_wrong_leaves_nothing_half_told(database: Database, opened: Opened) -> None:
    class Failing(Links):
        def to_return(self, reference: str) -> str:
            raise OSError("Something goes wrong")

    with pytest.raises(OSError, match="goes wrong"), database.writing.begin() as session:
        remind(session, Failing(BASE), today=on(-7), now=noon(on(-7)))
    with database.writing.begin() as session:
        assert session.scalars(select(Reminder)).all() == []
        assert len(new_mail(session, on(-7))) == 3


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        # Clocks go back on 25 October 2026 and forward on 28 March 2027.
        (datetime(2026, 10, 24, 22, 59, tzinfo=UTC), None),
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), "-7"),
        (datetime(2026, 10, 30, 23, 59, tzinfo=UTC), "-7"),
        (datetime(2026, 10, 31, 0, 0, tzinfo=UTC), "-1"),
    ],
)
def test_days_are_londons_across_the_change_of_the_clocks(
    session: Session, opened: Opened, moment: datetime, days: str | None
) -> None:
    due_on = date(2026, 11, 1)
    session.execute(update(AgencyReturn).values(due_on=due_on))
    session.get_one(AuditRound, opened.round_id).reminder_days = (-7, -1)
    session.add_all(
        Reminder(return_id=one, occasion="opened", due_on=due_on, told_at=LONG_AGO, mails=1)
        for one in session.scalars(select(AgencyReturn.id))
    )
    session.flush()
    (done,) = remind(session, Links(BASE), today=today_in_london(moment), now=moment)
    assert {one.occasion for one in done.told} == ({days} if days else set())


def test_a_manager_who_asks_reminds_everybody_once_a_day(
    session: Session, opened: Opened, cast: Cast
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    run(session, on(-60))
    submit(session, opened, cast, COMPLETE)
    session.get_one(User, cast["Dana"].user_id).is_active = False

    def ask(day: date) -> Sequence[int]:
        address = Links(BASE)
        asked = remind_now(
            session, audit_round, address, by=cast["Priya"], today=day, now=noon(day)
        )
        return asked.told, asked.mails, asked.told_today, asked.unreached

    assert ask(on(-60)) == (0, 0, 1, 1)
    assert ask(on(-50)) == (1, 1, 0, 1)
    assert ask(on(-50)) == (0, 0, 1, 1)
    assert new_mail(session, on(-50)) == []
    assert mail(session)[-1].kind == "return-due"
    assert ask(on(-49)) == (1, 1, 0, 1)
    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.kind, last.user_id) == ("round-reminded", cast["Priya"].user_id)


def test_asking_on_a_day_of_the_plan_takes_its_place(
    session: Session, opened: Opened, cast: Cast
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    run(session, on(-60))
    address, day = Links(BASE), on(-28)
    remind_now(session, audit_round, address, by=cast["Priya"], today=day, now=noon(day))
    assert new_mail(session, day) == []
    assert len(mail(session)) == 6


def test_nobody_is_asked_for_a_round_that_is_closed(
    session: Session, opened: Opened, cast: Cast
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    audit_round.status = RoundStatus.CLOSED
    with pytest.raises(StepNotAllowedError, match="not open"):
        remind_now(session, audit_round, Links(BASE), by=cast["Priya"], today=DUE, now=noon(DUE))


def test_days_that_are_over_when_they_join_the_plan_are_never_used(
    session: Session, opened: Opened, cast: Cast
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    run(session, on(-20))
    change = {"by": cast["Priya"], "today": on(-10), "now": noon(on(-10))}
    change_plan(session, audit_round, [-14, -10, -3], **change)  # type: ignore[arg-type]
    assert audit_round.reminder_days == (-14, -10, -3)
    assert len(new_mail(session, on(-10))) == 3
    assert new_mail(session, on(-7)) == []
    assert len(new_mail(session, on(-3))) == 3
    (changed,) = session.scalars(select(Event).where(Event.kind == "round-plan-changed"))
    assert changed.detail == {"before": list(USUAL_PLAN), "after": [-14, -10, -3]}


def test_a_plan_has_not_too_many_days_and_is_for_whoever_runs_the_round(
    session: Session, opened: Opened, cast: Cast
) -> None:
    audit_round = session.get_one(AuditRound, opened.round_id)
    with pytest.raises(RefusedError, match="12 days or fewer"):
        change_plan(session, audit_round, range(-13, 0), by=cast["Priya"], today=DUE, now=noon(DUE))
    with pytest.raises(PermissionError):
        change_plan(session, audit_round, [-1], by=cast["Olga"], today=DUE, now=noon(DUE))


def test_opening_from_behind_a_wall_tells_agencies_of_every_partnership(
    database: Database, opened: Opened, cast: Cast
) -> None:
    with database.writing.begin() as session:
        session.add(
            AgencyReturn(
                round_id=opened.round_id,
                agency_id=cast.agencies["FARPOL"],
                reference="R1-FARPOL",
                due_on=DUE,
            )
        )
        session.flush()
        join(session, "Fay", (Role.AGENCY_LEAD, "FARPOL"))
    with database.within(Wall.around(cast["Priya"])).writing.begin() as session:
        run(session, on(-60))
        change = {"by": cast["Priya"], "today": on(-3), "now": noon(on(-3))}
        audit_round = session.get_one(AuditRound, opened.round_id)
        change_plan(session, audit_round, [-14], **change)  # type: ignore[arg-type]
    with database.reading() as session:
        assert ("round-opened", "fay") in told(session)
        assert len(session.scalars(select(Reminder)).all()) == 8


def test_a_run_takes_as_many_statements_for_many_rounds_as_for_one(
    database: Database, opened: Opened
) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*arguments: object) -> None:
            seen.append(str(arguments[2]))

        event.listen(database.engine, "before_cursor_execute", note)
        with database.writing() as session:
            run(session, on(-60))
            session.rollback()
        event.remove(database.engine, "before_cursor_execute", note)
        return len(seen)

    for_one = statements()
    with database.writing.begin() as session:
        first = session.get_one(AuditRound, opened.round_id)
        for number in range(5):
            _another_round(session, first, f"N{number}")
    assert statements() <= for_one + 5  # an event for each round


def _another_round(session: Session, like: AuditRound, reference: str) -> None:
    names = ("partnership_id", "title", "questionnaire_id", "questionnaire_version", "status",
             "opens_on", "due_on", "closes_on", "created_at")  # fmt: skip
    other = AuditRound(reference=reference, **{name: getattr(like, name) for name in names})
    session.add(other)
    session.flush()
    for agency_id in session.scalars(select(AgencyReturn.agency_id).filter_by(round_id=like.id)):
        session.add(
            AgencyReturn(
                round_id=other.id,
                agency_id=agency_id,
                reference=f"{reference}-{agency_id}",
                due_on=other.due_on,
            )
        )


def test_a_receipt_goes_to_lead_and_signatory_in_the_transaction_of_the_submission(
    session: Session, opened: Opened, cast: Cast
) -> None:
    fill(session, "R1-POL", opened, COMPLETE, by=cast["Asif"])
    police, address = return_named(session, "R1-POL"), Links(BASE).to_return
    asked = send_for_sign_off(
        session, police, opened.questionnaire, by=cast["Asif"], now=noon(on(-9)), address=address
    )
    assert told(session) == [("return-to-sign", "ines")]
    sign_and_submit(
        session,
        police,
        opened.questionnaire,
        snapshot_sha256=asked.sha256,
        post="Chief Officer",
        by=cast["Ines"],
        now=noon(on(-8)),
        address=address,
    )
    receipts = mail(session)[1:]
    assert {one.recipient for one in receipts} == {"asif@example.org", "ines@example.org"}
    for one in receipts:
        assert one.kind == "return-submitted"
        assert str(police.receipt) in one.subject
        assert "10 December 2026 at 12:00pm" in one.text
        assert f"{BASE}/returns/R1-POL" in one.text
        assert "Structure chart" not in one.text


def without_lead(session: Session, cast: Cast) -> Invitation:
    """The school's lead has gone; whoever comes next is invited, by a link that has run out."""
    dana = select(Membership).where(Membership.user_id == cast["Dana"].user_id)
    session.scalars(dana).one().ended_at = LONG_AGO
    invitation = Invitation(
        token_sha256=token_digest("old"),
        email="newlead@example.org",
        name="A new lead",
        role=Role.AGENCY_LEAD,
        agency_id=cast.agencies["SCH"],
        invited_by_id=cast["Priya"].user_id,
        invited_at=LONG_AGO,
        expires_at=LONG_AGO + timedelta(days=7),
    )
    session.add(invitation)
    session.flush()
    return invitation


def test_whoever_was_invited_and_has_not_joined_is_told_with_a_new_link(
    session: Session, opened: Opened, cast: Cast
) -> None:
    invitation = without_lead(session, cast)
    (done,) = run(session, on(-28))
    assert done.unreached == ()
    (joining,) = [one for one in mail(session) if one.kind == "return-to-join"]
    assert joining.recipient == "newlead@example.org"
    found = re.search(rf"{BASE}/join/(\S+)", joining.text)
    assert found is not None
    assert open_invitation(session, found[1], now=noon(on(-27))) is invitation
    assert open_invitation(session, "old", now=noon(on(-27))) is None
    assert len([one for one in mail(session) if one.kind == "return-to-join"]) == 1
    run(session, on(-28))
    assert len([one for one in mail(session) if one.kind == "return-to-join"]) == 1


@pytest.mark.parametrize("column", ["revoked_at", "accepted_at"])
def test_an_invitation_that_was_revoked_or_taken_up_is_not_renewed(
    session: Session, opened: Opened, cast: Cast, column: str
) -> None:
    setattr(without_lead(session, cast), column, LONG_AGO)
    (done,) = run(session, on(-28))
    assert [one.agency_reference for one in done.unreached] == ["SCH"]
    assert "return-to-join" not in {one.kind for one in mail(session)}
