"""The form that invites somebody: only what its viewer may give is offered, or taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional, ValidationError

from s11audit.domain.permissions import (
    AGENCY_ROLES,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    TRUST_ROLES,
    Role,
)
from s11audit.queries.granting import Gifts
from s11audit.services.mail import is_address
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from s11audit.web.fields import TextField
from s11audit.web.form_errors import refuse


def _place(label: str, description: str) -> SelectField:
    # The service checks what is chosen, against what the viewer reaches.
    return SelectField(label, [Optional()], description=description, validate_choice=False)


class InvitationForm(FlaskForm):
    name = TextField(label="Name", validators=[InputRequired("Enter a name")])
    email = TextField(
        label="E-mail address",
        description="Their own at work. The invitation works for this address only",
        validators=[InputRequired("Enter an e-mail address")],
    )
    role = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Role",
        [InputRequired("Choose a role")],
        invalid_choice_message="Choose one of the roles in the list",
    )
    agency = _place("Agency", "For roles in an agency only")
    partnership = _place("Partnership", "For roles in a partnership only")
    trust = _place("Trust", "For trust viewers only")

    def validate_email(self, field: TextField) -> None:
        if not is_address((field.data or "").strip()):
            raise ValidationError("Enter an e-mail address, such as name@example.org")

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """A missing place is told together with everything else that is at fault."""
        fits = super().validate(extra_validators)
        if self.role.data and not self.role.errors:
            try:
                _ = self.post
            except RefusedError as error:
                refuse(self, error)
                return False
        return bool(fits)

    def offer(self, gifts: Gifts) -> None:
        """Offer these roles, and the places that they need and of which there is a choice."""
        self.role.choices = [(role.value, ROLE_LABELS[role]) for role in gifts.roles]
        offered = {
            "agency": gifts.agencies if AGENCY_ROLES & set(gifts.roles) else {},
            "partnership": gifts.partnerships if PARTNERSHIP_ROLES & set(gifts.roles) else {},
            "trust": gifts.trusts,
        }
        self.only = {
            name: next(iter(places)) for name, places in offered.items() if len(places) == 1
        }
        for name, places in offered.items():
            self[name].choices = {"": f"Choose {_A[name]}"} | places

    def asks_for(self, name: str) -> bool:
        """Whether there is a choice of places of this kind."""
        return len(self[name].choices) > 2

    @property
    def post(self) -> Post:
        """The post that was chosen. Raises RefusedError where its place is missing."""
        role = Role(self.role.data)
        kind = _kind_of_place(role)
        if kind is None:
            return Post(role)
        place = self.only.get(kind) or self[kind].data
        if not place:
            raise RefusedError(kind, f"Choose {_A[kind]}")
        return Post(role, place)


_A = {"agency": "an agency", "partnership": "a partnership", "trust": "a trust"}


def _kind_of_place(role: Role) -> str | None:
    if role in AGENCY_ROLES:
        return "agency"
    if role in PARTNERSHIP_ROLES:
        return "partnership"
    return "trust" if role in TRUST_ROLES else None
