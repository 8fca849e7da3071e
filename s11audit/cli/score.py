"""`s11audit score`: the scorecard of a file of answers, so that anyone can check a score."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import click

from s11audit.domain.dates import today_in_london
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import LABELS
from s11audit.domain.scoring import ReturnScore, Scorecard
from s11audit.domain.scoring import score as score_answers
from s11audit.questionnaires import QuestionnaireFaultsError, load, load_answers

_COLUMNS = ("", "Rating", "Answered", "R", "A", "G", "N/A", "Green", "Compliance", "Strict")


@click.command()
@click.argument("questionnaire", metavar="QUESTIONNAIRE.yaml")
@click.argument("answers", metavar="ANSWERS.yaml")
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard as JSON.")
def score(questionnaire: str, answers: str, as_json: bool) -> None:
    """Print the scorecard of the answers in a file.

    ANSWERS.yaml has the keys `agency_type` and `answers`, with “standard.question: level or
    value”, and where they decide what is asked `attributes` and `partnerships`, each a list.
    Nothing is stored. Exits with 1 if either file has faults.
    """
    try:
        loaded = load(questionnaire)
        today = today_in_london(datetime.now(UTC))
        given = load_answers(answers, loaded, today)
    except QuestionnaireFaultsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from error
    scored = score_answers(loaded, given.respondent, given.answers)
    click.echo(_json(scored) if as_json else _table(loaded, scored))


def _json(scored: ReturnScore) -> str:
    document = {
        "overall": _as_json(scored.overall),
        "standards": {id_: _as_json(card) for id_, card in scored.standards.items()},
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _as_json(card: Scorecard) -> dict[str, Any]:
    return {
        "visible": card.visible,
        "required": card.required,
        "answered": card.answered,
        "red": card.red,
        "amber": card.amber,
        "green": card.green,
        "not_applicable": card.not_applicable,
        "unanswered": card.unanswered,
        "completion_pct": _number(card.completion_pct),
        "green_pct": _number(card.green_pct),
        "compliance_pct": _number(card.compliance_pct),
        "strict_pct": _number(card.strict_pct),
        "rating": str(card.rating),
        "provisional": card.provisional,
        "because": card.because,
    }


def _number(percentage: Decimal | None) -> float | None:
    return None if percentage is None else float(percentage)


def _table(questionnaire: Questionnaire, scored: ReturnScore) -> str:
    titles = {standard.id: standard.title for standard in questionnaire.standards}
    cards = [*((titles[id_], card) for id_, card in scored.standards.items())]
    cards.append(("Whole return", scored.overall))
    rows = [_COLUMNS, *(_row(title, card) for title, card in cards)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    reasons = [f"{title}: {card.because}." for title, card in cards]
    return "\n".join([*lines, "", *reasons])


def _row(title: str, card: Scorecard) -> tuple[str, ...]:
    rating = LABELS[card.rating] + (" (provisional)" if card.provisional else "")
    return (
        title,
        rating,
        f"{card.answered}/{card.required}",
        str(card.red),
        str(card.amber),
        str(card.green),
        str(card.not_applicable),
        _shown(card.green_pct),
        _shown(card.compliance_pct),
        _shown(card.strict_pct),
    )


def _aligned(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Words to the left, figures to the right."""
    return [
        cell.ljust(width) if column < 2 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _shown(percentage: Decimal | None) -> str:
    return "–" if percentage is None else f"{percentage:.1f}%"
