"""All agencies side by side: their answers to one standard, and the weakest questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template

from s11audit.domain.permissions import Permission
from s11audit.queries.evidence import files_to_standard
from s11audit.queries.moderation import (
    QuestionCount,
    answers_to_standard,
    count_rags,
    question_counts,
)
from s11audit.web.moderation.pages import blueprint, round_or_404, standard_or_404
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sorting import sorting

# Fewer ratings than this say something about an agency, not about the question.
SMALLEST_SAMPLE = 3
COLUMNS: dict[str, Callable[[QuestionCount], Any]] = {
    "green": lambda one: (one.count.green_pct, one.count.average_pct),
    "average": lambda one: (one.count.average_pct, one.count.green_pct),
    "red": lambda one: -one.count.red,
}


@blueprint.get("/standards/<standard>", endpoint="standard")
@permitted(Permission.SCRUTINISE)
def show(reference: str, standard: str) -> str:
    audit_round, questionnaire = round_or_404(reference)
    shown = standard_or_404(questionnaire, standard)
    answers = answers_to_standard(db(), audit_round, shown, visible_to=viewer())
    return render_template(
        "moderation/standard.html",
        round=audit_round,
        questionnaire=questionnaire,
        standard=shown,
        answers=answers,
        files=files_to_standard(db(), audit_round, shown, visible_to=viewer()),
        counts={key: count_rags(given) for key, given in answers.items()},
    )


@blueprint.get("/weakest-questions")
@permitted(Permission.SCRUTINISE)
def weakest_questions(reference: str) -> str:
    audit_round, questionnaire = round_or_404(reference)
    counts = question_counts(db(), audit_round, questionnaire, visible_to=viewer())
    order = sorting(COLUMNS, "green")
    return render_template(
        "moderation/weakest-questions.html",
        round=audit_round,
        weakest=order.sorted(
            [one for one in counts if one.count.rated >= SMALLEST_SAMPLE], COLUMNS
        ),
        few=order.sorted([one for one in counts if one.count.rated < SMALLEST_SAMPLE], COLUMNS),
        smallest_sample=SMALLEST_SAMPLE,
        sorting=order,
        as_at=now(),
    )
