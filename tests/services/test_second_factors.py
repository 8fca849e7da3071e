"""What counts as a second factor, how often, and for whom."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import Event, RecoveryCode, SecondFactor, UserSession
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.people import token_digest
from s11audit.queries.second_factors import own_factors, recovery_codes_left
from s11audit.services import passkeys, second_factors
from s11audit.services.account import pass_second_factor
from s11audit.services.passkeys import Site, Visit, site_of
from s11audit.services.recovery_codes import HOW_MANY, make_recovery_codes, use_recovery_code
from s11audit.services.refusals import RefusedError
from s11audit.services.secret_box import BrokenSealError, SecretBox
from tests.cast import Cast
from tests.soft_authenticator import SoftAuthenticator

BOX = SecretBox("a secret that is only for tests, and long")
NOW = datetime(2026, 3, 3, 9, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)
SITE = Site("audit.example.org", "https://audit.example.org")


def start_session(session: Session, who: Viewer) -> int:
    started = UserSession(
        user_id=who.user_id,
        token_sha256=token_digest(secrets.token_urlsafe()),
        started_at=NOW,
        last_seen_at=NOW,
    )
    session.add(started)
    session.flush()
    return started.id


def add_app(session: Session, who: Viewer, at: datetime = NOW) -> pyotp.TOTP:
    """An app that this person has set up, which shows its codes."""
    session_id = start_session(session, who)
    app = second_factors.start_app(session, by=who, session_id=session_id, box=BOX)
    codes = pyotp.TOTP(app.secret)
    second_factors.add_app(session, app, codes.at(at), "Phone", by=who, box=BOX, now=at)
    return codes


def accepts(session: Session, who: Viewer, code: str, now: datetime) -> bool:
    return second_factors.check_code(session, who.user_id, code, box=BOX, now=now)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Event.kind).order_by(Event.id)))


@pytest.fixture
def mo(cast: Cast) -> Viewer:
    """Sits on the QA subgroup, so needs a second factor."""
    return cast["Mo"]


@pytest.fixture
def asif(cast: Cast) -> Viewer:
    """Leads an agency's return, so needs none."""
    return cast["Asif"]


def test_a_code_counts_once(session: Session, mo: Viewer) -> None:
    app, later = add_app(session, mo), NOW + 4 * STEP
    assert accepts(session, mo, app.at(later), later)
    assert not accepts(session, mo, app.at(later), later)
    assert not accepts(session, mo, app.at(later - STEP), later)
    assert accepts(session, mo, app.at(later + STEP), later)


def test_the_code_that_an_app_was_set_up_with_does_not_sign_in(
    session: Session, mo: Viewer
) -> None:
    app = add_app(session, mo)
    assert not accepts(session, mo, app.at(NOW), NOW)


@pytest.mark.parametrize(
    ("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off_and_no_more(
    session: Session, mo: Viewer, steps: int, fits: bool
) -> None:
    app, later = add_app(session, mo), NOW + 10 * STEP
    assert accepts(session, mo, app.at(later + steps * STEP), later) is fits


def test_a_code_may_be_typed_as_the_app_shows_it(session: Session, mo: Viewer) -> None:
    app, later = add_app(session, mo), NOW + 4 * STEP
    code = app.at(later)
    assert accepts(session, mo, f" {code[:3]} {code[3:]} ", later)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "-00000", "0x1234"])
def test_what_is_no_code_is_not_accepted(session: Session, mo: Viewer, code: str) -> None:
    add_app(session, mo)
    assert not accepts(session, mo, code, NOW + STEP)


def test_a_code_is_its_owners_alone(session: Session, mo: Viewer, asif: Viewer) -> None:
    app, later = add_app(session, mo), NOW + 4 * STEP
    add_app(session, asif)
    assert not accepts(session, asif, app.at(later), later)


def test_the_secret_of_an_app_is_stored_encrypted_and_for_its_owner_only(
    session: Session, mo: Viewer, asif: Viewer
) -> None:
    app, later = add_app(session, mo), NOW + 4 * STEP
    stored = session.scalars(select(SecondFactor)).one()
    assert app.secret not in stored.secret
    stored.user_id = asif.user_id
    session.flush()
    assert not accepts(session, asif, app.at(later), later)


def test_an_app_counts_only_once_it_has_shown_a_code(session: Session, mo: Viewer) -> None:
    started = second_factors.start_app(
        session, by=mo, session_id=start_session(session, mo), box=BOX
    )
    with pytest.raises(RefusedError):
        second_factors.add_app(session, started, "000000", "", by=mo, box=BOX, now=NOW)
    assert own_factors(session, visible_to=mo) == ()
    assert kinds(session) == []


def test_a_secret_being_set_up_opens_only_in_its_session_and_until_it_is_used(
    session: Session, mo: Viewer, asif: Viewer
) -> None:
    own, other = start_session(session, mo), start_session(session, asif)
    sealed = second_factors.start_app(session, by=mo, session_id=own, box=BOX).sealed

    again = second_factors.started_app(session, sealed, by=mo, session_id=own, box=BOX)
    assert again.sealed == sealed
    with pytest.raises(BrokenSealError):
        second_factors.started_app(session, sealed, by=asif, session_id=other, box=BOX)
    pass_second_factor(session, own, NOW)
    with pytest.raises(BrokenSealError):
        second_factors.started_app(session, sealed, by=mo, session_id=own, box=BOX)


def test_the_first_factor_brings_recovery_codes_and_the_next_leaves_them(
    session: Session, mo: Viewer
) -> None:
    add_app(session, mo)
    before = set(session.scalars(select(RecoveryCode.code_sha256)))
    assert len(before) == HOW_MANY
    add_app(session, mo)
    assert set(session.scalars(select(RecoveryCode.code_sha256))) == before
    assert kinds(session) == ["second-factor-added", "recovery-codes-made", "second-factor-added"]


def test_a_recovery_code_counts_once_however_it_is_typed(
    session: Session, mo: Viewer, asif: Viewer
) -> None:
    codes = make_recovery_codes(session, by=mo, now=NOW)
    typed = codes[0].upper().replace("-", " ")
    assert not use_recovery_code(session, asif.user_id, codes[0], now=NOW)
    assert use_recovery_code(session, mo.user_id, typed, now=NOW)
    assert not use_recovery_code(session, mo.user_id, codes[0], now=NOW)
    assert not use_recovery_code(session, mo.user_id, "", now=NOW)
    assert recovery_codes_left(session, visible_to=mo) == HOW_MANY - 1
    assert kinds(session) == ["recovery-codes-made", "recovery-code-used"]


def test_new_recovery_codes_end_the_old_ones(session: Session, mo: Viewer) -> None:
    old = make_recovery_codes(session, by=mo, now=NOW)
    new = make_recovery_codes(session, by=mo, now=NOW)
    assert len(set(old) | set(new)) == 2 * HOW_MANY
    assert not use_recovery_code(session, mo.user_id, old[0], now=NOW)
    assert use_recovery_code(session, mo.user_id, new[0], now=NOW)


def test_the_last_factor_of_somebody_who_needs_one_stays(session: Session, mo: Viewer) -> None:
    add_app(session, mo)
    add_app(session, mo)
    first, last = own_factors(session, visible_to=mo)
    second_factors.remove_factor(session, first.id, by=mo, now=NOW)
    with pytest.raises(RefusedError, match="only second step"):
        second_factors.remove_factor(session, last.id, by=mo, now=NOW)
    assert own_factors(session, visible_to=mo) == (last,)


def test_whoever_needs_none_may_remove_the_last_and_its_recovery_codes_go(
    session: Session, asif: Viewer
) -> None:
    add_app(session, asif)
    only = own_factors(session, visible_to=asif)[0]
    second_factors.remove_factor(session, only.id, by=asif, now=NOW)
    assert own_factors(session, visible_to=asif) == ()
    assert recovery_codes_left(session, visible_to=asif) == 0


def test_nobody_touches_another_persons_factor(session: Session, mo: Viewer, asif: Viewer) -> None:
    add_app(session, mo)
    theirs = own_factors(session, visible_to=mo)[0]
    with pytest.raises(LookupError):
        second_factors.remove_factor(session, theirs.id, by=asif, now=NOW)
    with pytest.raises(LookupError):
        second_factors.rename_factor(session, theirs.id, "Mine", by=asif, now=NOW)


def test_a_manager_resets_the_second_factors_of_their_people_only(
    database: Database, session: Session, cast: Cast, mo: Viewer
) -> None:
    add_app(session, mo)
    session.commit()
    with database.within(Wall.around(cast["Olga"])).writing() as walled, pytest.raises(LookupError):
        second_factors.reset_second_factors(walled, mo.user_id, by=cast["Olga"], now=NOW)
    with database.within(Wall.around(cast["Priya"])).writing.begin() as walled:
        removed = second_factors.reset_second_factors(walled, mo.user_id, by=cast["Priya"], now=NOW)
    assert removed == 1
    session.expire_all()
    assert own_factors(session, visible_to=mo) == ()
    assert recovery_codes_left(session, visible_to=mo) == 0
    assert session.scalars(select(UserSession.ended_at)).one() is not None
    event = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.kind, event.partnership_id) == (
        "second-factors-reset",
        cast.partnerships["DOWN"],
    )


def test_nobody_resets_their_own_second_factors(session: Session, cast: Cast) -> None:
    priya = cast["Priya"]
    with pytest.raises(RefusedError):
        second_factors.reset_second_factors(session, priya.user_id, by=priya, now=NOW)


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://audit.example.org", SITE),
        ("https://Audit.Example.org:443/audit", SITE),
        ("https://audit.example.org:8443", Site(SITE.name, f"{SITE.origin}:8443")),
        ("http://localhost:8000", Site("localhost", "http://localhost:8000")),
        ("http://audit.example.org", None),
        ("http://127.0.0.1:8000", None),
        ("https://[::1]", None),
    ],
)
def test_passkeys_are_for_the_configured_address(address: str, site: Site | None) -> None:
    assert site_of(address) == site


@pytest.fixture
def visit(session: Session, mo: Viewer) -> Iterator[Visit]:
    return Visit(start_session(session, mo), SITE, BOX)


def add_passkey(session: Session, visit: Visit, who: Viewer) -> SoftAuthenticator:
    passkey = SoftAuthenticator(SITE.origin)
    asked = passkeys.ask_for_new(session, visit, by=who)
    answer = passkey.makes(asked.options)
    passkeys.add_passkey(session, visit, answer, asked.sealed, "Key", by=who, now=NOW)
    return passkey


def show(session: Session, visit: Visit, who: Viewer, passkey: SoftAuthenticator) -> None:
    asked = passkeys.ask_for_known(session, visit, by=who)
    assert asked is not None
    answer = passkey.shows(asked.options)
    passkeys.check_passkey(session, visit, answer, asked.sealed, by=who, now=NOW)


def test_a_passkey_is_accepted_from_its_owner(session: Session, visit: Visit, mo: Viewer) -> None:
    passkey = add_passkey(session, visit, mo)
    show(session, visit, mo, passkey)
    show(session, visit, mo, passkey)
    session.expire_all()
    stored = session.scalars(select(SecondFactor)).one()
    assert (stored.sign_count, stored.last_used_at) == (2, NOW)


def test_the_answer_to_a_challenge_is_accepted_once(
    session: Session, visit: Visit, mo: Viewer
) -> None:
    passkey = add_passkey(session, visit, mo)
    passkey.sign_count = -1  # an authenticator without a counter says 0 each time
    asked = passkeys.ask_for_known(session, visit, by=mo)
    assert asked is not None
    captured = passkey.shows(asked.options)
    passkeys.check_passkey(session, visit, captured, asked.sealed, by=mo, now=NOW)
    pass_second_factor(session, visit.session_id, NOW)
    with pytest.raises(RefusedError):
        passkeys.check_passkey(session, visit, captured, asked.sealed, by=mo, now=NOW)


def test_a_challenge_is_for_one_session_and_one_purpose(
    session: Session, visit: Visit, mo: Viewer
) -> None:
    passkey = add_passkey(session, visit, mo)
    elsewhere = Visit(start_session(session, mo), SITE, BOX)
    asked = passkeys.ask_for_known(session, visit, by=mo)
    assert asked is not None
    captured = passkey.shows(asked.options)
    with pytest.raises(RefusedError):
        passkeys.check_passkey(session, elsewhere, captured, asked.sealed, by=mo, now=NOW)
    for_new = passkeys.ask_for_new(session, visit, by=mo)
    with pytest.raises(RefusedError):
        passkeys.check_passkey(session, visit, captured, for_new.sealed, by=mo, now=NOW)


def test_a_counter_that_goes_back_tells_of_a_copy(
    session: Session, visit: Visit, mo: Viewer
) -> None:
    passkey = add_passkey(session, visit, mo)
    passkey.sign_count = 7
    show(session, visit, mo, passkey)
    passkey.sign_count = 5
    with pytest.raises(RefusedError):
        show(session, visit, mo, passkey)


def test_a_passkey_shown_to_another_site_is_not_accepted(
    session: Session, visit: Visit, mo: Viewer
) -> None:
    passkey = add_passkey(session, visit, mo)
    passkey.origin = "https://audit.example.org.evil.example"
    with pytest.raises(RefusedError):
        show(session, visit, mo, passkey)


def test_another_persons_passkey_is_not_accepted(
    session: Session, visit: Visit, mo: Viewer, asif: Viewer
) -> None:
    mos = add_passkey(session, visit, mo)
    asifs = Visit(start_session(session, asif), SITE, BOX)
    add_passkey(session, asifs, asif)
    with pytest.raises(RefusedError):
        show(session, asifs, asif, mos)


def test_a_passkey_is_added_once(session: Session, visit: Visit, mo: Viewer, asif: Viewer) -> None:
    passkey = add_passkey(session, visit, mo)
    asked = passkeys.ask_for_new(session, visit, by=mo)
    assert own_factors(session, visible_to=mo)[0].credential_id in asked.options
    other = Visit(start_session(session, asif), SITE, BOX)
    asked = passkeys.ask_for_new(session, other, by=asif)
    answer = passkey.makes(asked.options)
    with pytest.raises(RefusedError, match="already"):
        passkeys.add_passkey(session, other, answer, asked.sealed, "", by=asif, now=NOW)


@pytest.mark.parametrize("answer", ["", "{}", "[" * 5000, '{"id": 1}', "\ud800", "x" * 50_000])
def test_what_no_browser_answers_is_refused(
    session: Session, visit: Visit, mo: Viewer, answer: str
) -> None:
    add_passkey(session, visit, mo)
    new, known = (
        ask(session, visit, by=mo) for ask in (passkeys.ask_for_new, passkeys.ask_for_known)
    )
    assert known is not None
    with pytest.raises(RefusedError):
        passkeys.add_passkey(session, visit, answer, new.sealed, "", by=mo, now=NOW)
    with pytest.raises(RefusedError):
        passkeys.check_passkey(session, visit, answer, known.sealed, by=mo, now=NOW)


def test_two_apps_of_one_name_are_told_apart_by_a_number(session: Session, mo: Viewer) -> None:
    for minute in range(3):
        add_app(session, mo, NOW + timedelta(minutes=minute))
    named = [one.name for one in own_factors(session, visible_to=mo)]
    assert named == ["Phone", "Phone 2", "Phone 3"]


def test_resetting_nothing_is_no_event_and_signs_nobody_out(
    session: Session, cast: Cast, asif: Viewer
) -> None:
    browser = start_session(session, asif)
    reset = second_factors.reset_second_factors(session, asif.user_id, by=cast["Priya"], now=NOW)
    assert reset == 0
    assert kinds(session) == []
    assert session.get_one(UserSession, browser).ended_at is None
