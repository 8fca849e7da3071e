"""Once they are opened: all ratings side by side, how what is agreed moved, and the plan."""

from __future__ import annotations

from flask import abort, render_template
from werkzeug.wrappers import Response

from s11audit.domain.actions import is_overdue
from s11audit.domain.assessments import MOVEMENT_LABELS, Movement
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.models import Assessment
from s11audit.queries.actions import reached_among
from s11audit.queries.compared_ratings import (
    Compared,
    Comparison,
    comparison,
    moved_since,
    plan,
)
from s11audit.web.assessments.pages import asked_in, assessment_or_404, blueprint, may
from s11audit.web.security import db, now, permitted, services, viewer

Page = str | tuple[str, int] | Response


@blueprint.get("/<assessment>/compare")
@permitted(Permission.READ_RATINGS)
def compare(assessment: str) -> str:
    found, compared = opened(assessment)
    asked = asked_in(found)
    return render_template(
        "assessments/compare.html",
        assessment=found,
        compared=compared,
        standards={one.id: one.title for one in asked.standards},
        writes=may(found, Permission.AGREE_RATINGS),
    )


@blueprint.get("/<assessment>/movement")
@permitted(Permission.READ_RATINGS)
def moved(assessment: str) -> str:
    found, compared = opened(assessment)
    chain = services().catalogue.chain(asked_in(found))
    rows = moved_since(db(), found, chain, [one.question for one in compared.questions])
    return render_template(
        "assessments/movement.html",
        assessment=found,
        rows=rows,
        counts={kind: sum(row.movement is kind for row in rows) for kind in Movement},
        MOVEMENT_LABELS=MOVEMENT_LABELS,
        standards={one.id: one.title for one in asked_in(found).standards},
    )


@blueprint.get("/plan")
@permitted(Permission.READ_RATINGS)
def development_plan() -> str:
    actions, today = plan(db(), visible_to=viewer()), today_in_london(now())
    sees = Permission.SEE_ACTIONS
    return render_template(
        "assessments/plan.html",
        actions=actions,
        overdue={one.id for one in actions if is_overdue(one.status, one.due_on, today)},
        linked=reached_among(db(), actions, sees, visible_to=viewer()),
    )


def opened(reference: str) -> tuple[Assessment, Comparison]:
    """An assessment whose ratings the viewer may read, and all of them."""
    found = assessment_or_404(reference, Permission.READ_RATINGS)
    return found, comparison(db(), found, asked_in(found))


def question_or_404(compared: Comparison, key: str) -> Compared:
    if key not in compared.by_key:
        abort(404)
    return compared.by_key[key]
