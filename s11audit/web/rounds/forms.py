"""The forms that set up a round, add agencies to it and give one of them longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.questionnaire import Kind
from s11audit.domain.versions import version_name
from s11audit.models import Agency
from s11audit.questionnaires import Catalogue
from s11audit.services.rounds import LONGEST_REFERENCE, LONGEST_TITLE
from s11audit.web.fields import DateParts, TextField

LARGEST_ID = 2**31 - 1


def _needs_date(message: str) -> Callable[[Form, Field], None]:
    """A validator: something must stand in the boxes of the date."""

    def check(_form: Form, field: Field) -> None:
        if isinstance(field, DateParts) and not any(field.parts) and field.data is None:
            raise ValidationError(message)

    return check


def _agency_id(text: str) -> int:
    """An id that every database can compare."""
    agency_id = int(text)
    if not 0 < agency_id <= LARGEST_ID:
        raise ValueError("No agency has this id")
    return agency_id


class AgenciesForm(FlaskForm):
    """Any of the agencies that are offered, grouped by type."""

    agencies = SelectMultipleField("Agencies", coerce=_agency_id, validate_choice=False)

    def offer_agencies(self, agencies: Iterable[Agency]) -> None:
        """Offer these agencies, which come in the order of their types."""
        offered = list(agencies)
        self.offered = [agency.id for agency in offered]
        self.agencies.choices = [(agency.id, agency.name) for agency in offered]
        self.groups = [
            (agency_type_label(code), list(group))
            for code, group in groupby(offered, key=lambda agency: agency.agency_type)
        ]


class RoundForm(AgenciesForm):
    questionnaire = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Questionnaire",
        [InputRequired("Choose a questionnaire")],
        invalid_choice_message="Choose one of the questionnaires in the list",
    )
    title = TextField(
        LONGEST_TITLE,
        label="Title",
        validators=[InputRequired("Enter a title")],
        description="Agencies see it, for example “Section 11 audit 2026”.",
    )
    reference = TextField(
        LONGEST_REFERENCE,
        label="Reference",
        validators=[InputRequired("Enter a reference")],
        description="Short, in capital letters, for example S11-2026. "
        "The references of returns, receipts and actions begin with it.",
    )
    opens_on = DateParts(
        called="on which the round opens",
        label="When does it open?",
        validators=[_needs_date("Enter the date on which the round opens")],
        description="Agencies see the round from when you open it, whatever this date says.",
    )
    due_on = DateParts(
        called="by which returns are due",
        label="When are returns due?",
        validators=[_needs_date("Enter the date by which returns are due")],
        description="You can give single agencies longer.",
    )
    closes_on = DateParts(
        called="on which the round closes",
        label="When does it close?",
        validators=[_needs_date("Enter the date on which the round closes")],
        description="The last day that you will accept a late return.",
    )

    def offer_questionnaires(self, catalogue: Catalogue) -> None:
        """Offer every published version that agencies answer themselves, the newest first."""
        choices = [
            (f"{version.id}/{version.version}", version_name(version.title, version.version))
            for version in reversed(catalogue.published())
            if version.kind is Kind.SELF_ASSESSMENT
        ]
        self.questionnaire.choices = choices
        self.only_questionnaire = choices[0][0] if len(choices) == 1 else None


class ExtensionForm(FlaskForm):
    due_on = DateParts(
        label="New due date", validators=[_needs_date("Enter the date by which it is due")]
    )
    reason = TextField(
        label="Reason",
        validators=[InputRequired("Say why this agency needs longer")],
        description="The agency and the QA subgroup can read this.",
    )
