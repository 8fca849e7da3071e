"""The page of the whole programme: what is open, who is late, what is next, what was before."""

from __future__ import annotations

from datetime import date

from flask import render_template

from s11audit.domain.dates import today_in_london
from s11audit.domain.numbers import counted, pages_of
from s11audit.domain.permissions import Permission
from s11audit.queries.case_audits import due_audits
from s11audit.queries.programme import AHEAD, programme
from s11audit.web.paging import asked_page, page_address
from s11audit.web.rounds.pages import blueprint
from s11audit.web.security import db, now, permitted, viewer

EARLIER_A_PAGE = 20


@blueprint.get("")
@permitted(Permission.SEE_ROUNDS)
def listing() -> str:
    today = today_in_london(now())
    found = programme(db(), today, visible_to=viewer())
    pages = pages_of(len(found.earlier), EARLIER_A_PAGE)
    page = min(asked_page(), pages)
    lines = [*found.open, *found.drafts, *found.earlier]
    return render_template(
        "rounds/programme.html",
        programme=found,
        due_audits=due_audits(db(), today, visible_to=viewer()),
        earlier=found.earlier[(page - 1) * EARLIER_A_PAGE : page * EARLIER_A_PAGE],
        page=page,
        pages=pages,
        address=page_address,
        several_partnerships=len({name for line in lines for name in line.partnerships}) > 1,
        may_set_up=viewer().may(Permission.EDIT_ROUNDS),
        today=today,
        ahead=AHEAD.days,
        how_far=how_far,
    )


def how_far(day: date, today: date) -> str:
    """How far off a day is, in words."""
    left = (day - today).days
    if left == 0:
        return "today"
    count = counted(abs(left), "day")
    return f"in {count}" if left > 0 else f"{count} ago"
