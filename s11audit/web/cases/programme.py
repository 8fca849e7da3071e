"""The programme of case audits, a year at a time."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.programme_years import year_in_words, year_label, year_of
from s11audit.queries.case_audits import (
    ProgrammeYear,
    due_audits,
    due_of,
    programme_years,
)
from s11audit.web.cases import blueprint
from s11audit.web.rounds.programme import how_far
from s11audit.web.security import db, now, permitted, viewer


@blueprint.get("/case-audits")
@permitted(Permission.SEE_CASE_AUDITS)
def programme() -> str:
    today = today_in_london(now())
    years = programme_years(db(), visible_to=viewer())
    shown = year_asked(years, year_of(today))
    partnerships = {one.partnership_id for year in years for one in year.audits}
    return render_template(
        "cases/programme.html",
        years=[year.year for year in years],
        shown=shown,
        several_partnerships=len(partnerships) > 1,
        due=due_audits(db(), today, visible_to=viewer()),
        due_of=due_of,
        may_run=viewer().may(Permission.RUN_CASE_AUDITS),
        today=today,
        how_far=how_far,
        year_label=year_label,
        year_in_words=year_in_words,
    )


def year_asked(years: Sequence[ProgrammeYear], this_year: int) -> ProgrammeYear:
    """The year that the address asks for, or else this one, or the latest that there is."""
    by_year = {one.year: one for one in years}
    asked = request.args.get("year", "")
    wanted = next((year for year in by_year if str(year) == asked), this_year)
    nothing = ProgrammeYear(this_year, ())
    return by_year.get(wanted) or (years[0] if years else nothing)
