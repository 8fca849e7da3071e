"""Buttons made from the rows of a lifecycle, each with the words that its step asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from wtforms import Form

from s11audit.domain.steps import Step
from s11audit.web.fields import DateParts, TextField


@dataclass(frozen=True)
class Wanted:
    """What the box of a step is called, the help beside it, and what to say of an empty one.

    `day` is what is asked besides for a date, where one is needed.
    """

    label: str
    hint: str = ""
    missing: str = "Say why"
    day: str = ""


class StepForm(Form):
    """The words and the date that go with a step; left empty where the step needs none."""

    text = TextField()
    day = DateParts()


@dataclass(frozen=True)
class StepButton:
    """One step that can be taken now."""

    step: Step[Any]
    form: StepForm
    wanted: Wanted


def sent_form(step_name: str) -> StepForm:
    """What was typed for a step."""
    return StepForm(request.form, prefix=f"{step_name}-")


def refuse_step(form: StepForm, step_name: str, wanted: Mapping[str, Wanted]) -> StepForm:
    """The form of a step that lacks its words, with what is missing beside the box."""
    form.text.errors = [wanted.get(step_name, Wanted("Reason")).missing]
    return form


def step_buttons(
    steps: Iterable[Step[Any]],
    wanted: Mapping[str, Wanted],
    sent: Mapping[str, StepForm] | None = None,
) -> list[StepButton]:
    """A button for each step; `sent` holds forms that come back with errors, by step name."""
    return [
        StepButton(
            step,
            (sent or {}).get(step.name) or StepForm(prefix=f"{step.name}-"),
            wanted.get(step.name, Wanted("Reason")),
        )
        for step in steps
    ]


def errors_in(buttons: Iterable[StepButton]) -> list[tuple[str, str]]:
    """For the error summary: id of a box → what is wrong with it."""
    return [
        (field.id, str(field.errors[0]))
        for button in buttons
        for field in button.form
        if field.errors
    ]
