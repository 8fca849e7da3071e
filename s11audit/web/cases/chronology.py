"""The chronology of a case as one agency's file tells it: key events by month."""

from __future__ import annotations

from wtforms.validators import DataRequired

from s11audit.domain.permissions import Permission
from s11audit.queries.case_files import chronology_of_file
from s11audit.services.case_material import KeyEventText
from s11audit.web.cases import blueprint
from s11audit.web.cases.entries import Entries, EntryForm, Page
from s11audit.web.cases.file_desk import file_desk
from s11audit.web.fields import MonthParts, TextField
from s11audit.web.looks import looks_at
from s11audit.web.security import db, permitted

EVENT_LIMIT = 2_000


class KeyEventForm(EntryForm):
    """A month, and what happened in it."""

    month = MonthParts(
        label="When was it?",
        description="The month and year, such as 3 2026. No day: it could tell who the child is.",
        validators=[DataRequired("Enter the month and year")],
    )
    what = TextField(
        EVENT_LIMIT,
        label="What happened?",
        description="What your file shows, in a sentence or two. Write “the child”, “the father”"
        " or “a health visitor”: no names.",
        validators=[DataRequired("Say what happened")],
    )

    def typed(self) -> KeyEventText:
        return KeyEventText(self.month.data, self.what.data or "")


EVENTS = Entries(
    name="chronology",
    list_endpoint="cases.file_chronology",
    change_endpoint="cases.file_event",
    form=KeyEventForm,
    of_file=lambda file_id: chronology_of_file(db(), file_id),
)


@blueprint.get("/case-files/<int(max=2147483647):file_id>/chronology")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file_chronology(file_id: int) -> str:
    return EVENTS.list_page(file_desk(file_id))


@blueprint.post("/case-files/<int(max=2147483647):file_id>/chronology")
@permitted(Permission.AUDIT_CASE)
def add_event(file_id: int) -> Page:
    return EVENTS.add(file_id)


@blueprint.get(
    "/case-files/<int(max=2147483647):file_id>/chronology/<int(max=2147483647):entry_id>"
)
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file_event(file_id: int, entry_id: int) -> str:
    return EVENTS.change_page(file_desk(file_id), entry_id)


@blueprint.post(
    "/case-files/<int(max=2147483647):file_id>/chronology/<int(max=2147483647):entry_id>"
)
@permitted(Permission.AUDIT_CASE)
def change_event(file_id: int, entry_id: int) -> Page:
    return EVENTS.change(file_id, entry_id)


@blueprint.post(
    "/case-files/<int(max=2147483647):file_id>/chronology/<int(max=2147483647):entry_id>/delete"
)
@permitted(Permission.AUDIT_CASE)
def delete_event(file_id: int, entry_id: int) -> Page:
    return EVENTS.delete(file_id, entry_id)
