"""The forms that set up a survey, add agencies to it, and change a link."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, RadioField, SelectField
from wtforms.validators import InputRequired, ValidationError

from s11audit.domain.questionnaire import Kind
from s11audit.models import AuditRound
from s11audit.services.survey_answers import LONGEST_REPLY
from s11audit.services.surveys import LONGEST_REFERENCE, LONGEST_TITLE
from s11audit.web.fields import DateParts, TextField
from s11audit.web.questionnaire_choice import OffersQuestionnaires
from s11audit.web.rounds.forms import AgenciesForm

LONGEST_NUMBER = 9


class _NeededDate(DateParts):
    """A date that must be there; `missing` says which."""

    def __init__(self, missing: str, **options: Any) -> None:
        super().__init__(**options)
        self.missing = missing

    def pre_validate(self, form: Form) -> None:  # type: ignore[override]
        super().pre_validate(form)
        if self.data is None:
            raise ValidationError(self.missing)


class SurveyForm(OffersQuestionnaires, AgenciesForm):
    asks = Kind.SURVEY
    questionnaire = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Questionnaire",
        [InputRequired("Choose a questionnaire")],
        invalid_choice_message="Choose one of the questionnaires in the list",
    )
    title = TextField(
        LONGEST_TITLE,
        label="Title",
        validators=[InputRequired("Enter a title")],
        description="Staff do not see it, for example “Practitioner survey 2026”.",
    )
    reference = TextField(
        LONGEST_REFERENCE,
        label="Reference",
        validators=[InputRequired("Enter a reference")],
        description="Short, in capital letters, for example PS-2026.",
    )
    opens_on = _NeededDate(
        "Enter the date from which staff can answer",
        called="from which staff can answer",
        label="From when can staff answer?",
        description="Before this day, links of an open survey say when it begins.",
    )
    closes_on = _NeededDate(
        "Enter the last day on which staff can answer",
        called="on which it closes",
        label="On which day does it close?",
        description="Staff can answer until this day is over. Results come after it.",
    )
    audit_round = SelectField(  # type: ignore[call-arg]  # newer than its stubs
        "Which round’s ratings stand beside the answers? (optional)",
        default="",
        invalid_choice_message="Choose one of the rounds in the list",
    )

    def offer_rounds(self, rounds: Iterable[AuditRound]) -> None:
        titles = {one.reference: f"{one.title} ({one.reference})" for one in rounds}
        self.audit_round.choices = {"": "None", **titles}


class ClosingForm(FlaskForm):
    closes_on = _NeededDate(
        "Enter the last day on which staff can answer",
        called="on which it closes",
        label="On which day does it close?",
        description="Staff can answer until this day is over.",
    )


class StaffForm(FlaskForm):
    staff = TextField(
        LONGEST_NUMBER,
        label="How many people work or volunteer there? (optional)",
        description="As far as the agency has told you. Leave it empty if it has not.",
    )

    def validate_staff(self, field: TextField) -> None:
        text = (field.data or "").replace(",", "")
        if text and not (text.isascii() and text.isdigit()):
            raise ValidationError("Enter a whole number, such as 250")

    @property
    def number(self) -> int | None:
        text = (self.staff.data or "").replace(",", "")
        return int(text) if text else None


class ReplyForm(FlaskForm):
    said = TextField(
        LONGEST_REPLY,
        label="What did staff say?",
        description="In your own words. Do not repeat what one person wrote, and name nobody.",
    )
    did = TextField(
        LONGEST_REPLY,
        label="What was done about it?",
        description="Something that has happened, and what is different now.",
    )
    done_on = _NeededDate("Enter the date on which it was done", label="When was it done?")
    publish = BooleanField("Show it to staff now")

    def start(self, today: date) -> None:
        """Offer today as the date."""
        self.done_on.data = today
        self.done_on.parts = (str(today.day), str(today.month), str(today.year))
