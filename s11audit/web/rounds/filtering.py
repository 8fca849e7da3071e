"""Which of a round's agencies its page shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import request
from wtforms import Form, SelectField

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.workflow import RETURN_STATUS_LABELS
from s11audit.queries.rounds import ReturnRow

OVERDUE = "overdue"


class FilterForm(Form):
    """Where their returns stand, and of which type they are; sent in the address.

    What is none of the choices is any.
    """

    status = SelectField("Status", validate_choice=False)
    type = SelectField("Type of agency", validate_choice=False)

    @classmethod
    def asked(cls, rows: Iterable[ReturnRow]) -> FilterForm:
        """What the address asks for, of what there is among these rows."""
        form = cls(request.args)
        rows = list(rows)
        statuses, types = {row.status for row in rows}, {row.agency_type for row in rows}
        there = {one.value: text for one, text in RETURN_STATUS_LABELS.items() if one in statuses}
        by_label = {code: agency_type_label(code) for code in sorted(types, key=agency_type_label)}
        form._offer(form.status, {"": "Any", OVERDUE: "Overdue", **there})
        form._offer(form.type, {"": "Any", **by_label})
        return form

    @staticmethod
    def _offer(field: SelectField, choices: dict[str, str]) -> None:
        field.choices = choices
        if field.data not in choices:
            field.data = ""

    def fits(self, row: ReturnRow, today: date) -> bool:
        """Whether the page shows this agency."""
        if self.type.data not in ("", row.agency_type):
            return False
        if self.status.data == OVERDUE:
            return row.is_overdue(today)
        return self.status.data in ("", row.status)

    @property
    def is_set(self) -> bool:
        return bool(self.status.data or self.type.data)
