"""What forms that give somebody a role share: which role it is, and for which place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from s11audit.domain.permissions import (
    AGENCY_ROLES,
    PARTNERSHIP_ROLES,
    ROLE_LABELS,
    TRUST_ROLES,
    Role,
)
from s11audit.queries import granting
from s11audit.services.people import Post
from s11audit.services.refusals import RefusedError
from s11audit.web.form_errors import refuse
from s11audit.web.security import db, viewer

_A = {"agency": "an agency", "partnership": "a partnership", "trust": "a trust"}


def role_field() -> RadioField:
    return RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Role",
        [InputRequired("Choose a role")],
        invalid_choice_message="Choose one of the roles in the list",
    )


def place_field(label: str, description: str) -> SelectField:
    # The service checks what is chosen, against what the viewer reaches.
    return SelectField(label, [Optional()], description=description, validate_choice=False)


class PostForm(FlaskForm):
    """A form with these four fields, which each form makes itself, so that they stand in order."""

    role: RadioField
    agency: SelectField
    partnership: SelectField
    trust: SelectField

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

    def offer_posts(self) -> None:
        """Offer the roles that the viewer may give, and the places of which there is a choice."""
        gifts = granting.gifts(db(), visible_to=viewer())
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


class RoleForm(PostForm):
    """One more role for somebody who is there."""

    role = role_field()
    agency = place_field("Agency", "For roles in an agency only")
    partnership = place_field("Partnership", "For roles in a partnership only")
    trust = place_field("Trust", "For trust viewers only")


def _kind_of_place(role: Role) -> str | None:
    if role in AGENCY_ROLES:
        return "agency"
    if role in PARTNERSHIP_ROLES:
        return "partnership"
    return "trust" if role in TRUST_ROLES else None
