"""The forms that plan a case audit, and say what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError

from s11audit.domain.cases import AUDIT_KIND_LABELS, AuditKind
from s11audit.domain.questionnaire import Kind
from s11audit.queries.panel_members import Panellist
from s11audit.questionnaires import Catalogue
from s11audit.services.case_audits import (
    LONGEST_REFERENCE,
    LONGEST_TITLE,
    MOST_CASES,
    PANEL_ORDER,
    PERIOD_ORDER,
    REASON_NEEDED,
    AuditPlan,
)
from s11audit.web.fields import DateParts, TextField
from s11audit.web.questionnaire_choice import OffersQuestionnaires

NO_NAMES = "Do not write the name or date of birth of any child."
LONGEST_WORDS = 5_000
# How many months before and after this one an audit can be planned for.
MONTHS_BACK, MONTHS_AHEAD = 24, 36


def whole_number(text: str | None, most: int) -> int | None:
    """The number that was typed, from 0 to `most`; None for anything else."""
    typed = (text or "").strip()
    if not (typed.isascii() and typed.isdigit()) or len(typed) > len(str(most)):
        return None
    return int(typed) if int(typed) <= most else None


def _needs_number(_form: Form, field: Field) -> None:
    if not whole_number(field.data, MOST_CASES):
        raise ValidationError(f"Enter a number of cases from 1 to {MOST_CASES}")


class PlanForm(OffersQuestionnaires, FlaskForm):
    """Everything that is planned of an audit."""

    asks = Kind.CASE_FILE_AUDIT
    title = TextField(
        LONGEST_TITLE,
        label="Title",
        validators=[InputRequired("Enter a title")],
        description=f"For example “Help for infants under one”. {NO_NAMES}",
    )
    reference = TextField(
        LONGEST_REFERENCE,
        label="Reference",
        validators=[InputRequired("Enter a reference")],
        description="The references of its cases begin with it, such as MA-26-03-C2.",
    )
    kind = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Kind of audit",
        [InputRequired("Choose a kind of audit")],
        choices={kind.value: label for kind, label in AUDIT_KIND_LABELS.items()},
        invalid_choice_message="Choose a kind of audit",
    )
    theme = TextField(
        LONGEST_WORDS,
        label="What it looks at (optional)",
        description=f"The theme, and what you want to find out. {NO_NAMES}",
    )
    questionnaire = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "What agencies are asked about each case",
        [InputRequired("Choose a questionnaire")],
        invalid_choice_message="Choose one of the questionnaires in the list",
    )
    cases_wanted = TextField(
        label="How many cases?",
        validators=[_needs_number],
        description="Most audits look at 4 to 8.",
    )
    planned_on = SelectField("Month that it is planned for", validate_choice=False)
    period_from = DateParts(
        called="on which the period begins",
        label="First day of the period that it looks at (optional)",
        description="Agencies look at their files from then on. For example, 1 4 2026.",
    )
    period_to = DateParts(
        called="on which the period ends",
        label="Last day of the period (optional)",
    )
    files_due_on = DateParts(
        called="by which agencies finish",
        label="When do agencies finish? (optional)",
        description="You need this date before you ask them.",
    )
    panel_on = DateParts(
        called="on which the panel meets", label="When does the panel meet? (optional)"
    )
    chair_id = SelectField("Who chairs the panel? (optional)", validate_choice=False)
    reason = TextField(
        label="Why do the dates change?",
        description=f"The agencies that you have asked can read this. {NO_NAMES}",
    )

    def offer(self, catalogue: Catalogue, chairs: Iterable[Panellist], today: date) -> None:
        """Offer the published questionnaires for case files, these people, and months."""
        self.offer_questionnaires(catalogue)
        people = {str(one.user_id): one.words for one in chairs}
        self.chair_id.choices = {"": "Nobody yet"} | people
        self.planned_on.choices = months_around(today, self.planned_on.data)

    def plan(self) -> AuditPlan:
        """What was typed, once it is valid."""
        id_, _, version = self.questionnaire.data.partition("/")
        return AuditPlan(
            reference=(self.reference.data or "").upper(),
            title=self.title.data or "",
            kind=AuditKind(self.kind.data),
            questionnaire_id=id_,
            questionnaire_version=version,
            planned_on=date.fromisoformat(f"{self.planned_on.data}-01"),
            cases_wanted=whole_number(self.cases_wanted.data, MOST_CASES) or 0,
            theme=self.theme.data or "",
            **self.later(),
        )

    def later(self) -> dict[str, Any]:
        """What may change as long as the audit goes on, besides its month."""
        chosen = self.chair_id.data or ""
        return {
            **{
                name: self[name].data
                for name in ("period_from", "period_to", "files_due_on", "panel_on")
                if name in self
            },
            "chair_id": int(chosen) if chosen.isascii() and chosen.isdigit() else None,
        }

    def validate_planned_on(self, field: SelectField) -> None:
        if field.data not in _offered(field):
            raise ValidationError("Choose a month from the list")

    def validate_chair_id(self, field: SelectField) -> None:
        if (field.data or "") not in _offered(field):
            raise ValidationError("Choose a chair from the list")

    # The service says these three, too; here they are told together with all else that is wrong.
    def validate_period_to(self, field: DateParts) -> None:
        if field.data and self.period_from.data and field.data < self.period_from.data:
            raise ValidationError(PERIOD_ORDER)

    def validate_panel_on(self, field: DateParts) -> None:
        if field.data and self.files_due_on.data and field.data < self.files_due_on.data:
            raise ValidationError(PANEL_ORDER)

    def validate_reason(self, field: TextField) -> None:
        dates = (self.files_due_on, self.panel_on)
        if not (field.data or "").strip() and any(one.data != one.object_data for one in dates):
            raise ValidationError(REASON_NEEDED)


def _offered(field: SelectField | SelectMultipleField) -> set[str]:
    """What can be chosen."""
    return {str(choice[0]) for choice in field.iter_choices()}


def months_around(today: date, held: str | None = None) -> dict[str, str]:
    """Months to choose from, by `2026-05`; one that is held already is always among them."""
    count = today.year * 12 + today.month - 1
    months = {
        f"{at // 12}-{at % 12 + 1:02}" for at in range(count - MONTHS_BACK, count + MONTHS_AHEAD)
    }
    first_days = sorted(months | ({held} if held and _is_month(held) else set()))
    return {month: f"{date.fromisoformat(f'{month}-01'):%B %Y}" for month in first_days}


def _is_month(text: str) -> bool:
    try:
        date.fromisoformat(f"{text}-01")
    except ValueError:
        return False
    return True


class SteeringForm(FlaskForm):
    """What the Steering Group was told."""

    told = TextField(
        LONGEST_WORDS,
        label="What was the Steering Group told?",
        description=f"For example why an audit was cancelled, or what it found. {NO_NAMES}",
    )
    told_on = DateParts(called="on which it was told", label="When was it told?")


class PanelForm(FlaskForm):
    """Who reads the cases once they are opened."""

    members = SelectMultipleField("Who sits on the panel?", validate_choice=False)

    def offer(self, people: Iterable[Panellist]) -> None:
        """Offer these people, by their ids."""
        self.members.choices = {str(one.user_id): one.words for one in people}

    @property
    def chosen(self) -> set[int]:
        """Ids of those who were ticked, of those who were offered."""
        offered = _offered(self.members)
        return {int(one) for one in self.members.data or () if one in offered}


class SetAsideForm(FlaskForm):
    reason = TextField(
        LONGEST_WORDS,
        label="Why can this case not be audited?",
        validators=[InputRequired("Say why this case cannot be audited")],
        description=f"For example “The file is with a court”. {NO_NAMES}",
    )
