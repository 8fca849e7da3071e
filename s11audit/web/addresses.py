"""E-mail addresses in forms."""

from __future__ import annotations

from wtforms import Field, Form
from wtforms.validators import ValidationError

from s11audit.services.people import sound_email
from s11audit.services.refusals import RefusedError


def looks_like_an_address(_form: Form, field: Field) -> None:
    """A validator: mail could be sent to what was typed."""
    try:
        sound_email(field.data or "")
    except RefusedError as error:
        raise ValidationError(str(error)) from error
