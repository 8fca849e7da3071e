"""The forms that add and change people and agencies."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired, Optional

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.domain.permissions import (
    ROLE_LABELS,
    Permission,
    Role,
)
from s11audit.queries import directory
from s11audit.queries.directory import Person
from s11audit.services.leaving import Newcomer
from s11audit.web.fields import TextField
from s11audit.web.security import db, viewer

SOMEBODY_NEW = "new"


def own_partnerships(permission: Permission) -> dict[str, str]:
    """Reference → name of the partnerships for which the viewer may do this."""
    found = directory.partnerships(db(), visible_to=viewer(), permission=permission)
    return {one.reference: one.name for one in found}


def chosen_or_only(field: SelectField, partnerships: dict[str, str]) -> str:
    """The partnership that was chosen; pages ask only those who manage several."""
    return field.data or "" if len(partnerships) > 1 else next(iter(partnerships))


class HandOverForm(FlaskForm):
    """Who has a role from now on: somebody at the same place, or somebody new."""

    to = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Who has this role from now on?",
        [InputRequired("Choose who has this role from now on")],
        invalid_choice_message="Choose somebody in the list, or somebody else",
    )
    name = TextField(label="Their name")
    email = TextField(label="Their work e-mail address")

    def offer(self, people: Iterable[Person]) -> None:
        """Offer these people, and somebody else."""
        known = {str(one.id): f"{one.name} ({one.email})" for one in people}
        self.to.choices = known | {SOMEBODY_NEW: "Somebody else"}

    @property
    def successor(self) -> int | Newcomer:
        if self.to.data == SOMEBODY_NEW:
            return Newcomer(self.name.data or "", self.email.data or "")
        return int(self.to.data)


class DeclineForm(FlaskForm):
    reason = TextField(
        label="Why not?", validators=[DataRequired("Say why, for whoever asked")], limit=2_000
    )


class TakeoverForm(FlaskForm):
    """What somebody tells who has taken over; anybody may send it."""

    place = TextField(
        label="Your school or agency",
        description="Its name in full, or its reference if you have it, such as ELM-ROW",
        validators=[DataRequired("Enter the name or reference of your school or agency")],
        limit=200,
    )
    name = TextField(label="Your name", validators=[DataRequired("Enter your name")], limit=200)
    email = TextField(
        label="Your work e-mail address",
        validators=[DataRequired("Enter your work e-mail address")],
        limit=254,
    )
    message = TextField(
        label="Anything else (optional)",
        description="Such as whom you follow, and since when. Do not write about any child.",
        limit=2_000,
    )


class SearchForm(FlaskForm):
    """What the list of people shows; sent in the address, so it changes nothing."""

    class Meta:
        csrf = False

    search = TextField(label="Name or e-mail address")
    role = SelectField(
        "Role", choices={"": "Any role"} | {role.value: text for role, text in ROLE_LABELS.items()}
    )
    agency = SelectField("Agency")

    @property
    def chosen_role(self) -> Role | None:
        return Role(self.role.data) if self.role.data in set(Role) else None


class AttributeChoice:
    """What forms that say what an agency has or does share."""

    attributes: SelectMultipleField
    other: TextField

    @property
    def chosen(self) -> frozenset[str]:
        """The codes that were ticked, and those of the partnership's own that were typed."""
        return frozenset([*(self.attributes.data or []), *(self.other.data or "").split()])


def _attributes() -> SelectMultipleField:
    return SelectMultipleField(  # type: ignore[call-arg]  # newer than its stubs
        "What it has or does",
        choices=AGENCY_ATTRIBUTE_LABELS,
        description="Some questions are asked only of those that have these. Tick all that apply.",
        invalid_choice_message="Choose from the list",
    )


def _other() -> TextField:
    return TextField(
        label="Other attributes (optional)",
        description="Words that a questionnaire of your own uses, with a space between",
    )


class AttributesForm(AttributeChoice, FlaskForm):
    attributes = _attributes()
    other = _other()

    def show(self, held: frozenset[str]) -> None:
        """Show what the agency has now."""
        self.attributes.data = sorted(held & AGENCY_ATTRIBUTE_LABELS.keys())
        self.other.data = " ".join(sorted(held - AGENCY_ATTRIBUTE_LABELS.keys()))


class AgencyForm(AttributeChoice, FlaskForm):
    name = TextField(label="Name", validators=[InputRequired("Enter a name")])
    reference = TextField(label="Reference", validators=[InputRequired("Enter a reference")])
    agency_type = SelectField(  # type: ignore[call-arg]  # newer than its stubs
        "Type of agency",
        [InputRequired("Choose a type of agency")],
        choices={"": "Choose a type"} | AGENCY_TYPE_LABELS,
        invalid_choice_message="Choose one of the types in the list",
    )
    attributes = _attributes()
    other = _other()
    # What is chosen is checked by the service, against what the viewer reaches.
    partnership = SelectField("Partnership", [Optional()], validate_choice=False)

    def offer_partnerships(self) -> None:
        """Offer the partnerships that the viewer manages."""
        self.partnerships = own_partnerships(Permission.EDIT_AGENCIES)
        self.partnership.choices = self.partnerships

    @property
    def partnership_reference(self) -> str:
        return chosen_or_only(self.partnership, self.partnerships)
