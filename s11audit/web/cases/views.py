"""What the child, the family and practitioners said of the help, as an auditor heard it."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from s11audit.domain.cases import VIEW_OF_LABELS, ViewOf
from s11audit.domain.permissions import Permission
from s11audit.queries.case_files import views_on_file
from s11audit.services.case_material import ViewText
from s11audit.web.cases import blueprint
from s11audit.web.cases.entries import Entries, EntryForm, Page
from s11audit.web.cases.file_desk import file_desk
from s11audit.web.fields import TextField
from s11audit.web.looks import looks_at
from s11audit.web.security import db, permitted

HOW_LIMIT = 500
SAID_LIMIT = 5_000


class ViewForm(EntryForm):
    """Whose view it is, how it was heard, and what was said."""

    view_of = RadioField(
        "Whose view is it?",
        [InputRequired("Say whose view it is")],
        choices=[SelectChoice(one.value, label) for one, label in VIEW_OF_LABELS.items()],
    )
    heard_how = TextField(
        HOW_LIMIT,
        label="How was it heard? (optional)",
        description="For example: a talk for this audit, or a note of a visit.",
    )
    said = TextField(
        SAID_LIMIT,
        label="What did they say?",
        description="In their own words where you can. No names, and nothing that tells who they"
        " are.",
        validators=[DataRequired("Say what they said")],
    )

    def typed(self) -> ViewText:
        return ViewText(ViewOf(self.view_of.data), self.heard_how.data or "", self.said.data or "")


VIEWS = Entries(
    name="views",
    list_endpoint="cases.file_views",
    change_endpoint="cases.file_view",
    form=ViewForm,
    of_file=lambda file_id: views_on_file(db(), file_id),
)


@blueprint.get("/case-files/<int(max=2147483647):file_id>/views")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file_views(file_id: int) -> str:
    return VIEWS.list_page(file_desk(file_id))


@blueprint.post("/case-files/<int(max=2147483647):file_id>/views")
@permitted(Permission.AUDIT_CASE)
def add_view(file_id: int) -> Page:
    return VIEWS.add(file_id)


@blueprint.get("/case-files/<int(max=2147483647):file_id>/views/<int(max=2147483647):entry_id>")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file_view(file_id: int, entry_id: int) -> str:
    return VIEWS.change_page(file_desk(file_id), entry_id)


@blueprint.post("/case-files/<int(max=2147483647):file_id>/views/<int(max=2147483647):entry_id>")
@permitted(Permission.AUDIT_CASE)
def change_view(file_id: int, entry_id: int) -> Page:
    return VIEWS.change(file_id, entry_id)


@blueprint.post(
    "/case-files/<int(max=2147483647):file_id>/views/<int(max=2147483647):entry_id>/delete"
)
@permitted(Permission.AUDIT_CASE)
def delete_view(file_id: int, entry_id: int) -> Page:
    return VIEWS.delete(file_id, entry_id)
