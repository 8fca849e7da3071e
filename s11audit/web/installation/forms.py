"""The operator's forms: what is new, and what belongs to what."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import InputRequired

from s11audit.queries import installation
from s11audit.web.fields import TextField
from s11audit.web.security import db, viewer


def _agency() -> TextField:
    return TextField(
        label="Reference of the agency",
        description="Such as ELM-ROW",
        validators=[InputRequired("Enter the reference of an agency")],
        limit=40,
    )


class NewPlaceForm(FlaskForm):
    """A new partnership or trust."""

    name = TextField(label="Name", validators=[InputRequired("Enter a name")])
    reference = TextField(
        label="Reference",
        description="Up to 12 capital letters, digits and hyphens. It cannot be changed",
        validators=[InputRequired("Enter a reference")],
    )


class ShareForm(FlaskForm):
    """An agency that works with one more partnership."""

    agency = _agency()
    partnership = SelectField(
        "Works with", [InputRequired("Choose a partnership")], validate_choice=False
    )

    def offer(self) -> None:
        """Offer every partnership."""
        found = installation.partnerships(db(), visible_to=viewer())
        self.partnership.choices = {"": "Choose a partnership"} | {
            one.reference: one.name for one in found
        }


class SchoolForm(FlaskForm):
    """A school that belongs to a trust."""

    agency = _agency()
