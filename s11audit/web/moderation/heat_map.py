"""The heat map of a round: agencies × standards, sorted and filtered by the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template, request

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.workflow import ReturnStatus
from s11audit.queries.heat_map import HeatMap, HeatMapRow, heat_map
from s11audit.web.moderation.pages import blueprint, round_or_404
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sorting import sorting

Key = Callable[[HeatMapRow], Any]


@blueprint.get("/heat-map", endpoint="heat_map")
@permitted(Permission.SCRUTINISE)
def show(reference: str) -> str:
    audit_round, questionnaire = round_or_404(reference)
    everything = heat_map(db(), audit_round, questionnaire, visible_to=viewer())
    agency_type = request.args.get("type", "")
    shown = everything.of_type(agency_type) if agency_type else everything
    keys = sort_keys(everything)
    order = sorting(keys, "agency")
    moment = now()
    exempt = sum(row.status == ReturnStatus.EXEMPT for row in everything.waiting)
    return render_template(
        "moderation/heat-map.html",
        round=audit_round,
        map=shown,
        rows=order.sorted(shown.rows, keys),
        type_labels={code: agency_type_label(code) for code in everything.agency_types},
        agency_type=agency_type,
        submitted=len(everything.rows),
        agencies=len(everything.rows) + len(everything.waiting) - exempt,
        exempt=exempt,
        sorting=order,
        as_at=moment,
        today=today_in_london(moment),
        zip=zip,
    )


def sort_keys(shown: HeatMap) -> dict[str, Key]:
    """What each column sorts by: ratings with the worst first, blanks last."""
    keys: dict[str, Key] = {
        standard.id: _rank_at(place) for place, standard in enumerate(shown.standards)
    }
    return keys | {
        "agency": lambda row: row.agency.casefold(),
        "type": lambda row: (agency_type_label(row.agency_type), row.agency.casefold()),
        "overall": lambda row: row.overall.rank,
    }


def _rank_at(place: int) -> Key:
    return lambda row: row.cells[place].rank
