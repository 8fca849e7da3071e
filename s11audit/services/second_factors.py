"""Second factors: authenticator apps (RFC 6238), and what all kinds of factor have in common."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from s11audit.domain.viewers import Viewer
from s11audit.models import FactorKind, SecondFactor, User, UserSession
from s11audit.queries.second_factors import unused_codes
from s11audit.services.account import end_sessions
from s11audit.services.events import Detail, record, record_by
from s11audit.services.people import account_to_change
from s11audit.services.recovery_codes import (
    delete_recovery_codes,
    make_recovery_codes,
)
from s11audit.services.refusals import RefusedError
from s11audit.services.secret_box import BrokenSealError, SecretBox

logger = logging.getLogger(__name__)

ISSUER = "s11audit"
CODE_LENGTH = 6
STEP_SECONDS = 30
# A code of the step before or after counts, too: clocks differ, and people type slowly.
STEPS_OFF = 1
LONGEST_NAME = 100
MOST_FACTORS = 10
# How long somebody may take to set a factor up.
SET_UP_WITHIN_SECONDS = 30 * 60
TOO_OLD = "This page was open for too long. Scan the new picture, and enter the code for that"
WHY_NOT_THE_LAST = (
    "Your role needs two steps to sign in, and this is your only second step. "
    "Add another one before you remove this one"
)
_NEW_APP = "new authenticator app"
_DEFAULT_NAMES = {FactorKind.APP: "Authenticator app", FactorKind.PASSKEY: "Passkey"}


@dataclass(frozen=True)
class NewApp:
    """An authenticator app being set up: in no table before a code of it was shown.

    `secret` is base32; `address` is what the QR code holds; `sealed` goes with the form.
    """

    secret: str
    address: str
    sealed: str


def close_for_session(
    session: Session, session_id: int, text: str, purpose: str, *, box: SecretBox
) -> str:
    """Close a text so that it opens in this session only, and until its next proof only."""
    token = session.scalars(_token(session_id)).one()
    return box.close(text, f"{purpose} {token}")


def open_for_session(
    session: Session,
    session_id: int,
    sealed: str,
    purpose: str,
    *,
    box: SecretBox,
    within_seconds: int,
) -> str:
    """What was closed for this session. Raises BrokenSealError.

    Showing a second factor changes the session's token, so what led to it opens only once; the
    row is locked until then.
    """
    token = session.scalars(_token(session_id).with_for_update()).one()
    return box.open(sealed, f"{purpose} {token}", within_seconds=within_seconds)


def start_app(session: Session, *, by: Viewer, session_id: int, box: SecretBox) -> NewApp:
    """A secret for an app to be set up with."""
    import pyotp

    secret = pyotp.random_base32()
    sealed = close_for_session(session, session_id, secret, _NEW_APP, box=box)
    return _new_app(secret, sealed, by)


def started_app(
    session: Session, sealed: str, *, by: Viewer, session_id: int, box: SecretBox
) -> NewApp:
    """The app that this session is setting up, again. Raises BrokenSealError."""
    secret = open_for_session(
        session, session_id, sealed, _NEW_APP, box=box, within_seconds=SET_UP_WITHIN_SECONDS
    )
    return _new_app(secret, sealed, by)


def add_app(
    session: Session,
    app: NewApp,
    code: str,
    name: str,
    *,
    by: Viewer,
    box: SecretBox,
    now: datetime,
) -> tuple[str, ...]:
    """Add an app that shows the right code; gives new recovery codes, if there were none left.

    Raises RefusedError about `code`.
    """
    step = _step_of(app.secret, _digits(code), now)
    if step is None:
        raise RefusedError("code", "The code is not right. Enter the one that the app shows now")
    factor = SecondFactor(
        kind=FactorKind.APP,
        name=name,
        secret=box.close(app.secret, _stored_for(by.user_id)),
        last_step=step,
    )
    return add_factor(session, factor, by=by, now=now)


def add_factor(
    session: Session, factor: SecondFactor, *, by: Viewer, now: datetime
) -> tuple[str, ...]:
    """Add a factor just shown; gives new recovery codes, if there were none left.

    Raises RefusedError where there are too many.
    """
    if _count(session, by.user_id) >= MOST_FACTORS:
        raise RefusedError("name", f"You have {MOST_FACTORS} already: remove one first")
    factor.user_id = by.user_id
    factor.name = _name_of_its_own(session, factor)
    factor.added_at = factor.last_used_at = now
    session.add(factor)
    session.flush()
    _record(session, "second-factor-added", by, now, _facts(factor))
    if unused_codes(session, by.user_id):
        return ()
    return make_recovery_codes(session, by=by, now=now)


def _name_of_its_own(session: Session, factor: SecondFactor) -> str:
    """Its name, with a number where its owner has another one called so: `Authenticator app 2`."""
    others = set(
        session.scalars(select(SecondFactor.name).where(SecondFactor.user_id == factor.user_id))
    )
    wanted = " ".join(factor.name.split())[:LONGEST_NAME] or _DEFAULT_NAMES[factor.kind]
    name, number = wanted, 1
    while name in others:
        number += 1
        name = f"{wanted[: LONGEST_NAME - 4]} {number}"
    return name


def check_code(session: Session, user_id: int, code: str, *, box: SecretBox, now: datetime) -> bool:
    """Whether an app of this person shows this code now; each code counts once."""
    apps = session.scalars(
        select(SecondFactor).where(
            SecondFactor.user_id == user_id, SecondFactor.kind == FactorKind.APP
        )
    ).all()
    return any(_accepts(session, app, _digits(code), box, now) for app in apps)


def rename_factor(
    session: Session, factor_id: int, name: str, *, by: Viewer, now: datetime
) -> None:
    """Call one of the own factors something else. Raises RefusedError, LookupError."""
    factor = _own(session, factor_id, by)
    name = " ".join(name.split())
    if not name:
        raise RefusedError("name", "Enter a name")
    if len(name) > LONGEST_NAME:
        raise RefusedError("name", f"Use {LONGEST_NAME} characters or fewer for the name")
    factor.name = name
    _record(session, "second-factor-renamed", by, now, _facts(factor))


def remove_factor(session: Session, factor_id: int, *, by: Viewer, now: datetime) -> None:
    """Remove one of the own factors; with the last one go the recovery codes.

    Raises RefusedError where it is the last of somebody who needs one; LookupError.
    """
    factor = _own(session, factor_id, by)
    is_last = _count(session, by.user_id) == 1
    if is_last and by.needs_second_factor:
        raise RefusedError("factor", WHY_NOT_THE_LAST)
    if is_last:
        delete_recovery_codes(session, by.user_id)
    session.delete(factor)
    _record(session, "second-factor-removed", by, now, _facts(factor))


def reset_second_factors(session: Session, user_id: int, *, by: Viewer, now: datetime) -> int:
    """Take every second factor from somebody who lost theirs; gives how many there were.

    That person is signed out everywhere; where there were none, nothing happens. Raises
    RefusedError, LookupError.
    """
    _, _, place = account_to_change(session, user_id, by)
    session.scalars(select(User.id).where(User.id == user_id).with_for_update()).one()
    removed = _count(session, user_id)
    if not removed:
        return 0
    session.execute(delete(SecondFactor).where(SecondFactor.user_id == user_id))
    delete_recovery_codes(session, user_id)
    end_sessions(session, user_id, now=now)
    subject, detail = f"user {user_id}", {"removed": removed}
    record_by(session, "second-factors-reset", subject, by, now, detail, of=place)
    return removed


def _token(session_id: int) -> Any:
    return select(UserSession.token_sha256).where(UserSession.id == session_id)


def _stored_for(user_id: int) -> str:
    """The secret of one person's app, copied into another person's row, opens nothing."""
    return f"authenticator app of user {user_id}"


def _new_app(secret: str, sealed: str, by: Viewer) -> NewApp:
    import pyotp

    address = pyotp.TOTP(secret).provisioning_uri(name=by.email, issuer_name=ISSUER)
    return NewApp(secret, address, sealed)


def _digits(code: str) -> str:
    return "".join(code.split()).replace("-", "")


def _step_of(secret: str, digits: str, now: datetime) -> int | None:
    """The step of time, in 30 seconds since 1970, whose code this is, if it is a current one."""
    import pyotp

    if len(digits) != CODE_LENGTH or not (digits.isascii() and digits.isdecimal()):
        return None
    current = int(now.timestamp()) // STEP_SECONDS
    codes = pyotp.HOTP(secret)
    for step in range(current - STEPS_OFF, current + STEPS_OFF + 1):
        if hmac.compare_digest(codes.at(step), digits):
            return step
    return None


def _accepts(
    session: Session, app: SecondFactor, digits: str, box: SecretBox, now: datetime
) -> bool:
    try:
        secret = box.open(app.secret, _stored_for(app.user_id))
    except BrokenSealError:
        logger.error("Second factor %s was stored under another secret key", app.id)
        return False
    step = _step_of(secret, digits, now)
    if step is None:
        return False
    # One statement: of two requests with the same code, only one finds the step unused.
    used = session.execute(
        update(SecondFactor)
        .where(SecondFactor.id == app.id, SecondFactor.last_step < step)
        .values(last_step=step, last_used_at=now)
    )
    return cast(CursorResult[Any], used).rowcount == 1


def _count(session: Session, user_id: int) -> int:
    return session.scalars(select(func.count()).where(SecondFactor.user_id == user_id)).one()


def _own(session: Session, factor_id: int, by: Viewer) -> SecondFactor:
    """One of the own factors. Their owner's row is locked: of two that are removed, one is last."""
    session.scalars(select(User.id).where(User.id == by.user_id).with_for_update()).one()
    factor = session.get(SecondFactor, factor_id)
    if factor is None or factor.user_id != by.user_id:
        raise LookupError("No such second factor of this person")
    return factor


def _facts(factor: SecondFactor) -> Detail:
    return {"factor": factor.id, "kind": factor.kind}


def _record(session: Session, kind: str, by: Viewer, now: datetime, detail: Detail) -> None:
    record(session, kind, f"user {by.user_id}", by=by.user_id, at=now, detail=detail)
