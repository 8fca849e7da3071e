"""Answers that one agency gives in its own words, as they are written in a file of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from s11audit.demo.timeline import Timeline
from s11audit.demo.wording import Undertaking
from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire

_DAYS_AGO = re.compile(r"\{(day|month)-(\d+)\}")
_LINKS = "https://documents.example.org"

Undertakings = dict[str, tuple[str, Undertaking]]


def read_answers(
    rows: Mapping[str, Any], questionnaire: Questionnaire, folder: str, timeline: Timeline
) -> tuple[dict[str, Answer], Undertakings]:
    """Answers by question key in the order of the questionnaire, and what became of the promises.

    `folder` is where the agency's links lead. A value of several rows is a list in the file;
    `{day-12}` and `{month-12}` in a value are the day and month of 12 days ago.
    """
    answers, undertakings = {}, {}
    for question in questionnaire.questions():
        if question.key not in rows:
            continue
        row = rows[question.key]
        row = row if isinstance(row, dict) else {"value": row}
        answers[question.key] = _answer(question, row, folder, timeline)
        if action := row.get("action"):
            undertaking = Undertaking(action["what"], action["post"], action.get("impact", ""))
            undertakings[question.key] = (action.get("fate", "open"), undertaking)
    if unknown := rows.keys() - answers.keys():
        raise LookupError(f"Nothing asks {min(unknown)}")
    return answers, undertakings


def _answer(question: Question, row: Mapping[str, Any], folder: str, timeline: Timeline) -> Answer:
    return Answer(
        value=_value(question, row["value"], timeline),
        reason=row.get("reason", ""),
        comment=row.get("because", ""),
        evidence=row.get("evidence", ""),
        link=f"{_LINKS}/{folder}/{row['link']}" if "link" in row else "",
        promise=_promise(row.get("action"), timeline),
    )


def _value(question: Question, written: Any, timeline: Timeline) -> str:
    text = json.dumps(written, ensure_ascii=False) if isinstance(written, list) else str(written)

    def ago(found: re.Match[str]) -> str:
        day = timeline.day(-int(found[2])).isoformat()
        return day if found[1] == "day" else day[:7]

    return type_of(question).read(question, _DAYS_AGO.sub(ago, text), timeline.today)


def _promise(action: Mapping[str, Any] | None, timeline: Timeline) -> Promise:
    if action is None:
        return Promise()
    due_on: date | None = timeline.day(action["in"]) if "in" in action else None
    return Promise(action["what"], action["post"], due_on)
