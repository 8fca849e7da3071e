"""From a form's faults to the error summary of its page."""

from __future__ import annotations

from wtforms import Form

from s11audit.services.refusals import RefusedError


def errors_of(form: Form) -> list[tuple[str, str]]:
    """(Field id, first message) of every field at fault, in the order of the page."""
    return [(field.id, str(field.errors[0])) for field in form if field.errors]


def refuse(form: Form, error: RefusedError) -> None:
    """Show why a service refused beside the field at fault: the first one, if it names none."""
    field = form[error.field] if error.field in form else next(iter(form))
    field.errors = [*field.errors, str(error)]
