"""What colleagues do at a standard: who says it is ready, what they changed and said, who is here.

Only for those of the agency who answer it or sign the return; to others there is nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, jsonify, request
from sqlalchemy.exc import OperationalError

from s11audit.domain.permissions import Permission
from s11audit.domain.visits import Visit, first_visit
from s11audit.queries.colleagues import Comment, ReadyMark, Together, Visitor, together_on
from s11audit.queries.own_returns import own_return
from s11audit.queries.returns import HeldAnswer
from s11audit.services.colleagues import note_look, note_presence
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk
from s11audit.web.security import db, machine, now, permitted, unattended, viewer

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class AtStandard:
    """One standard as a colleague finds it.

    `changed` holds the answers that others have changed since the viewer last looked, by key;
    `new` are ids of comments that others wrote since; `presence` says who else is here, or nothing.
    """

    ready: ReadyMark | None
    comments: Sequence[Comment]
    new: frozenset[int]
    changed: Mapping[str, HeldAnswer]
    presence: str

    def about(self, question_key: str) -> list[Comment]:
        """The comments about one question."""
        return [one for one in self.comments if one.question_key == question_key]


def at_every_standard(desk: Desk) -> dict[str, AtStandard]:
    """By standard, what is new since the viewer looked at it; nothing for who is no colleague."""
    together = together_on(db(), desk.agency_return, visible_to=viewer())
    found = {}
    for standard in desk.standards:
        if together.share.has_standard(standard.id):
            visit = _own_visit(together, standard.id)
            since = visit.looked_at if visit else None
            found[standard.id] = _at(desk, together, standard.id, since)
    return found


def at_standard(desk: Desk, standard_id: str) -> AtStandard | None:
    """What is new to the viewer on this visit; None for whoever is no colleague."""
    return _with_visit(desk, standard_id)[0]


def look_at(desk: Desk, standard_id: str) -> AtStandard | None:
    """The same, and write down that they look; to ask for the head of a page is no look."""
    found, visit = _with_visit(desk, standard_id)
    looked = visit.looking_again(now()) if visit else first_visit(now())
    if found is not None and looked != visit and request.method == "GET":
        try:
            with machine() as writing:
                note_look(writing, desk.agency_return, standard_id, looked, by=viewer())
        except OperationalError as error:  # full or held: the page can still be read
            logger.warning("Could not note that somebody looks: %s", error.orig)
    return found


@blueprint.post("/<reference>/standards/<standard_id>/presence")
@permitted(Permission.COMMENT)
@unattended
def stay(reference: str, standard_id: str) -> Response:
    """A page that is open says so, and is told who else has it open: see static/presence.js."""
    agency_return = own_return(db(), reference, visible_to=viewer(), to=Permission.COMMENT)
    if agency_return is None:
        abort(404)
    together = together_on(db(), agency_return, standard_id, visible_to=viewer())
    if not together.share.has_standard(standard_id):
        abort(404)
    note_presence(db(), agency_return, standard_id, by=viewer(), now=now())
    db().commit()
    return jsonify(told=_presence(together.visitors.get(standard_id, ())))


def _with_visit(desk: Desk, standard_id: str) -> tuple[AtStandard | None, Visit | None]:
    together = together_on(db(), desk.agency_return, standard_id, visible_to=viewer())
    if not together.share.has_standard(standard_id):
        return None, None
    visit = _own_visit(together, standard_id)
    since = visit.new_since(now()) if visit else None
    return _at(desk, together, standard_id, since), visit


def _own_visit(together: Together, standard_id: str) -> Visit | None:
    found = together.visitors.get(standard_id, ())
    return next((one.visit for one in found if one.user_id == viewer().user_id), None)


def _at(desk: Desk, together: Together, standard_id: str, since: datetime | None) -> AtStandard:
    comments = [one for one in together.comments if one.standard_id == standard_id]
    return AtStandard(
        ready=together.ready.get(standard_id),
        comments=comments,
        new=frozenset(one.id for one in comments if one.is_new_to(viewer().user_id, since)),
        changed=_changed(desk, standard_id, since),
        presence=_presence(together.visitors.get(standard_id, ())),
    )


def _changed(desk: Desk, standard_id: str, since: datetime | None) -> dict[str, HeldAnswer]:
    """The answers that others have changed; last time's that merely wait are changed by nobody."""
    if since is None:
        return {}
    held = {one.key: desk.held.get(one.key) for one in desk.route.asked.get(standard_id, ())}
    return {
        key: one
        for key, one in held.items()
        if one is not None
        and one.updated_at > since
        and one.updated_by_id != viewer().user_id
        and not one.to_confirm
    }


def _presence(visitors: Sequence[Visitor]) -> str:
    """`Bea has this page open.`, of everybody but the viewer; empty where nobody else has."""
    here = [
        one.name for one in visitors if one.user_id != viewer().user_id and one.visit.is_here(now())
    ]
    if not here:
        return ""
    if len(here) == 1:
        return f"{here[0]} has this page open."
    return f"{', '.join(here[:-1])} and {here[-1]} have this page open."
