"""The pages that show a return: the list, the task list, checking it, its receipt."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, render_template

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.workflow import is_overdue
from s11audit.queries.delegations import delegations_of, leads_to_ask, signatories_of
from s11audit.queries.own_returns import OwnReturn, own_returns
from s11audit.queries.side_states import statement_of
from s11audit.queries.signatures import signatures_of
from s11audit.web.returns import blueprint
from s11audit.web.returns.colleagues import at_every_standard
from s11audit.web.returns.desk import desk_of
from s11audit.web.returns.looking_back import last_time, to_bring
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("")
@permitted(Permission.SEE_RETURN)
def listing() -> str:
    found = own_returns(db(), visible_to=viewer())
    return render_template(
        "returns/listing.html",
        groups=_grouped(found),
        leads=[] if found else leads_to_ask(db(), visible_to=viewer()),
        is_overdue=is_overdue,
        today=today_in_london(now()),
    )


def _grouped(found: Sequence[OwnReturn]) -> dict[str, list[OwnReturn]]:
    """Returns under the name of their school for whoever reads a whole trust's, else together."""
    if Role.TRUST_VIEWER not in viewer().roles:
        return {"": list(found)} if found else {}
    groups: dict[str, list[OwnReturn]] = {}
    for one in sorted(found, key=lambda one: one.agency_return.agency.name.casefold()):
        groups.setdefault(one.agency_return.agency.name, []).append(one)
    return groups


@blueprint.get("/<reference>")
@permitted(Permission.SEE_RETURN)
def show(reference: str) -> str:
    desk = desk_of(reference)
    agency_return = desk.agency_return
    return render_template(
        "returns/show.html",
        desk=desk,
        to_bring=to_bring(desk),
        looking_back=last_time(desk) if desk.is_editable else None,
        score=desk.score(),
        colleagues=at_every_standard(desk),
        signatures=signatures_of(db(), agency_return.id),
        statement=statement_of(db(), agency_return) if desk.reads.everything else None,
        delegated=delegations_of(db(), agency_return) if desk.may(Permission.DELEGATE) else None,
        is_overdue=is_overdue(agency_return.status, agency_return.due_on, desk.today),
    )


@blueprint.get("/<reference>/check")
@permitted(Permission.KEEP_RETURN)
def check(reference: str) -> str:
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    sends = desk.may_edit and desk.may(Permission.SEND_FOR_SIGN_OFF)
    return render_template(
        "returns/check.html",
        desk=desk,
        score=desk.score(),
        signatories=signatories_of(db(), desk.agency_return) if sends else (),
        colleagues=at_every_standard(desk),
    )


@blueprint.get("/<reference>/receipt")
@permitted(Permission.KEEP_RETURN)
def receipt(reference: str) -> str:
    desk = desk_of(reference, to=Permission.KEEP_RETURN)
    signatures = signatures_of(db(), desk.agency_return.id)
    if not signatures or not desk.agency_return.receipt:
        abort(404)
    return render_template(
        "returns/receipt.html",
        desk=desk,
        signatures=signatures,
        score=desk.score(),
    )
