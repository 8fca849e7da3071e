"""Who is asking, and what the view needs.

Deny by default: a view that declares neither `@permitted(...)` nor `@public` answers nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from s11audit.config import Settings
from s11audit.domain.access import RULES, SessionLimits, Thing
from s11audit.domain.permissions import Permission
from s11audit.domain.viewers import Viewer
from s11audit.models import UserSession
from s11audit.models.database import Database
from s11audit.models.walls import EVERYTHING, NOTHING, Wall
from s11audit.queries.people import SignedIn, signed_in
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.events import ADDRESS
from s11audit.services.secret_box import SecretBox
from s11audit.web.anonymity import FormTokens, is_anonymous
from s11audit.web.given_back import typed_texts
from s11audit.web.scripted import wants_json

logger = logging.getLogger(__name__)

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Writing down when a session was last used at every request would make every page a write.
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Services:
    """What the views of one application share.

    `whole_catalogue` has everybody's uploads, to compare what partnerships ask together, and for
    what a survey asks: nothing else of it is shown.
    """

    settings: Settings
    database: Database
    catalogue: Catalogue
    whole_catalogue: Catalogue


def init_app(app: Flask) -> None:
    FormTokens(app)
    app.before_request(_refuse_nul)
    app.before_request(_recognise)
    app.before_request(_guard)
    app.teardown_appcontext(_close)


def public(view: View) -> View:
    """Declare that anybody may call this view."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def permitted(permission: Permission, half_signed_in: bool = False) -> Callable[[View], View]:
    """Declare what somebody must be allowed, for some agency or partnership, to call this view.

    Which agency's or partnership's things they reach is decided by queries (`visible_to`).
    `half_signed_in` lets in whoever has yet to show a second factor; or, where the permission asks
    for a fresh proof, whoever has yet to set up their first.
    """

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        view.half_signed_in = half_signed_in  # type: ignore[attr-defined]
        return view

    return declare


def unattended(view: View) -> View:
    """Declare that pages call this on their own: it does not keep whoever left one signed in."""
    view.is_unattended = True  # type: ignore[attr-defined]
    return view


def declared_permission(app: Flask, endpoint: str) -> Permission | None:
    return getattr(app.view_functions[endpoint], "permission", None)


def is_public(app: Flask, endpoint: str) -> bool:
    return endpoint == "static" or getattr(app.view_functions[endpoint], "is_public", False)


def services() -> Services:
    shared: Services = current_app.extensions["s11audit"]
    return shared


def now() -> datetime:
    return datetime.now(UTC)


def db() -> Session:
    """The request's one session, walled around who is looking.

    Reading for requests that must not change anything. On an anonymous page it is the machine's
    own: nobody is known, and the secret of the link lets in.
    """
    if "db" not in g:
        nobody = EVERYTHING if is_anonymous() else NOTHING
        wall = Wall.around(g.viewer) if g.viewer else nobody
        sessions = services().database.within(wall)
        g.db = sessions.reading() if request.method in SAFE_METHODS else sessions.writing()
        g.db.info[ADDRESS] = network_address()
    opened: Session = g.db
    return opened


@contextmanager
def machine() -> Iterator[Session]:
    """A writing session of the machine itself, in one transaction of its own.

    For signing in, joining and remembering who looked, where nobody is known or may write.
    """
    with services().database.writing.begin() as writing:
        writing.info[ADDRESS] = network_address()
        yield writing


def network_address() -> str:
    """Where the request comes from, as far as our own proxies tell; empty if they tell nonsense.

    Empty, too, where nobody is to be known.
    """
    if is_anonymous():
        return ""
    try:
        return str(ip_address(request.remote_addr or ""))
    except ValueError:
        return ""


def viewer() -> Viewer:
    """Who is looking; only for views that are not public."""
    who: Viewer = g.viewer
    return who


def box() -> SecretBox:
    """What closes secrets that are stored, with the installation's own key."""
    return SecretBox(services().settings.secret_key)


def _refuse_nul() -> None:
    """No name of anything holds a NUL character, and PostgreSQL refuses to look for one."""
    if "\0" in request.path:
        abort(404)
    if b"%00" in request.query_string:
        abort(400)


def session_caps() -> SessionLimits:
    """How long this installation lets anybody stay signed in; for some roles it is less."""
    settings = services().settings
    return SessionLimits(
        idle=timedelta(minutes=settings.idle_minutes),
        absolute=timedelta(hours=settings.session_hours),
    )


def _recognise() -> None:
    g.viewer = g.signed_in = None
    token = session.get("token")
    if request.endpoint == "static" or is_anonymous() or not token:
        return
    with services().database.reading() as reading:
        found = signed_in(reading, token, now=now(), caps=session_caps())
    if found is None:
        return  # the cookie keeps its token: what is sent with it can be kept for its person
    g.signed_in, g.viewer = found, found.viewer
    if not _is_unattended(request.endpoint):
        _touch(found)


def _is_unattended(endpoint: str | None) -> bool:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "is_unattended", False)


def _touch(found: SignedIn) -> None:
    if now() - found.last_seen_at < TOUCH_EVERY:
        return
    touch = update(UserSession).where(UserSession.id == found.session_id).values(last_seen_at=now())
    try:
        with services().database.writing.begin() as writing:
            writing.execute(touch)
    except OperationalError as error:  # full or held: pages can still be read
        logger.warning("Could not note that a session was used: %s", error.orig)


def _guard() -> WerkzeugResponse | None:
    endpoint = request.endpoint
    if endpoint is None or is_public(current_app, endpoint):
        return None
    permission = declared_permission(current_app, endpoint)
    if permission is None:
        abort(403)
    if g.signed_in is None:
        return _turned_away("account.sign_in")
    rule = RULES[permission]
    if rule.thing is not Thing.ACCOUNT and not viewer().may(permission):
        abort(403)
    if g.signed_in.is_half and not _lets_in_half(endpoint, rule.fresh):
        has_factor = g.signed_in.has_second_factor
        return _turned_away("account.check_code" if has_factor else "account.second_factors")
    if rule.fresh and not g.signed_in.has_proved(now=now()):
        return _turned_away("account.prove")
    return None


def _lets_in_half(endpoint: str, fresh: bool) -> bool:
    """Whether a view answers somebody half signed in.

    Their ways of signing in may be changed only by whoever has no second factor yet: anybody else
    would get round the one they have by adding another.
    """
    declared: bool = getattr(current_app.view_functions[endpoint], "half_signed_in", False)
    return declared and not (fresh and g.signed_in.has_second_factor)


def _turned_away(endpoint: str) -> WerkzeugResponse:
    """Where to show who one is first; from there back to here. A script is told, not sent."""
    if wants_json():
        abort(401)
    from s11audit.web.account.parked import address_of_kept  # which imports this module

    here = request.full_path.rstrip("?") if request.method in SAFE_METHODS else address_of_kept()
    if here is None and typed_texts():
        abort(401)  # a page that gives them back
    return redirect(url_for(endpoint, next=here))


def _close(_error: BaseException | None) -> None:
    opened: Session | None = g.pop("db", None)
    if opened is not None:
        opened.close()
