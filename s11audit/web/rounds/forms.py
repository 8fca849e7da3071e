"""The forms that set up a round, add agencies to it, change its dates and give one longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, ValidationError

from s11audit.domain.agency_types import SCHOOL_TYPES, agency_type_label
from s11audit.domain.questionnaire import Kind
from s11audit.models import Agency
from s11audit.services.rounds import LONGEST_REFERENCE, LONGEST_TITLE
from s11audit.web.fields import DateParts, TextField
from s11audit.web.questionnaire_choice import OffersQuestionnaires

LARGEST_ID = 2**31 - 1
LONGEST_GUIDANCE = 5_000
# Ticks that take in many types at once; no code of a type has a space in it.
EVERY_SCHOOL = "every school"
EVERY_OTHER = "every other"
SIGNATURE_LABELS = {
    "1": "One person, such as the chief officer",
    "2": "Two different people, such as the head teacher and the chair of governors",
}


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
    """Any of the agencies that are offered: whole types of them, and single ones."""

    types = SelectMultipleField(  # type: ignore[call-arg]  # newer than its stubs
        "Types of agency", invalid_choice_message="Choose types from the list"
    )
    agencies = SelectMultipleField("Agencies", coerce=_agency_id, validate_choice=False)

    def offer_agencies(self, agencies: Iterable[Agency]) -> None:
        """Offer these agencies, which come in the order of their types."""
        of_type = groupby(agencies, key=lambda agency: agency.agency_type)
        self._by_type = {code: list(group) for code, group in of_type}
        everybody = [agency for group in self._by_type.values() for agency in group]
        self.agencies.choices = [(agency.id, agency.name) for agency in everybody]
        self.groups = [(agency_type_label(code), of) for code, of in self._by_type.items()]
        by_type = self._choices_of_types() if len(self._by_type) > 1 else {}
        self.types.choices = {**self._wide_choices(), **by_type}

    @property
    def chosen(self) -> set[int]:
        """Ids of all that were ticked, be it with their type or by themselves."""
        of_types = {agency.id for code in self._codes for agency in self._by_type[code]}
        return of_types | set(self.agencies.data or [])

    def tick_types(self) -> None:
        """Tick every agency of the chosen types by itself, so that single ones can be cleared."""
        self.agencies.data = sorted(self.chosen)
        self.types.data = []

    @property
    def _codes(self) -> set[str]:
        ticked = set(self.types.data or [])
        schools = self._by_type.keys() & SCHOOL_TYPES
        codes = ticked & self._by_type.keys()
        codes |= schools if EVERY_SCHOOL in ticked else set()
        return codes | (self._by_type.keys() - schools if EVERY_OTHER in ticked else set())

    def _wide_choices(self) -> dict[str, str]:
        """One tick for each of the two audits: schools and colleges, or everybody else."""
        sizes = {EVERY_SCHOOL: 0, EVERY_OTHER: 0}
        for code, group in self._by_type.items():
            sizes[EVERY_SCHOOL if code in SCHOOL_TYPES else EVERY_OTHER] += len(group)
        if not sizes[EVERY_SCHOOL]:
            return {EVERY_OTHER: f"Every agency ({sizes[EVERY_OTHER]})"}
        schools = {EVERY_SCHOOL: f"Every school and college ({sizes[EVERY_SCHOOL]})"}
        others = {EVERY_OTHER: f"Every other agency ({sizes[EVERY_OTHER]})"}
        return {**schools, **others} if sizes[EVERY_OTHER] else schools

    def _choices_of_types(self) -> dict[str, str]:
        return {
            code: f"{agency_type_label(code)} ({len(group)})"
            for code, group in self._by_type.items()
        }


def _guidance() -> TextField:
    return TextField(
        LONGEST_GUIDANCE,
        label="Guidance for agencies (optional)",
        description="Agencies read it on their return, such as whom to ask and what is new. "
        "Do not write about any child.",
    )


def _signatures_needed() -> RadioField:
    return RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Who signs a return?",
        coerce=int,
        choices=SIGNATURE_LABELS,
        default=1,
        invalid_choice_message="Choose how many people sign a return",
    )


class RoundForm(OffersQuestionnaires, AgenciesForm):
    asks = Kind.SELF_ASSESSMENT
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
    guidance = _guidance()
    signatures_needed = _signatures_needed()


class TermsForm(FlaskForm):
    """What agencies read, and how many people sign a return."""

    guidance = _guidance()
    signatures_needed = _signatures_needed()


class DatesForm(FlaskForm):
    """Other dates for a round; one that is open keeps its first day and needs a reason."""

    opens_on = DateParts(
        called="on which the round opens",
        label="When does it open?",
        validators=[_needs_date("Enter the date on which the round opens")],
    )
    due_on = DateParts(
        called="by which returns are due",
        label="When are returns due?",
        validators=[_needs_date("Enter the date by which returns are due")],
        description="Whoever was given longer keeps their own date, unless this one is later.",
    )
    closes_on = DateParts(
        called="on which the round closes",
        label="When does it close?",
        validators=[_needs_date("Enter the date on which the round closes")],
        description="The last day that you will accept a late return.",
    )
    reason = TextField(
        label="Why do the dates change?",
        description="Agencies and the QA subgroup can read this.",
    )


class ExtensionForm(FlaskForm):
    due_on = DateParts(
        label="New due date", validators=[_needs_date("Enter the date by which it is due")]
    )
    reason = TextField(
        label="Reason",
        validators=[InputRequired("Say why this agency needs longer")],
        description="The agency and the QA subgroup can read this.",
    )
