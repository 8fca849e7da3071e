"""The form that takes the text of a draft: a file, or the text itself."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField

from s11audit.domain.permissions import Permission
from s11audit.models import Partnership
from s11audit.queries import directory
from s11audit.questionnaires.authoring.workbook_reading import read_workbook
from s11audit.questionnaires.parts import ScaleLibrary
from s11audit.services.refusals import RefusedError
from s11audit.web.security import db, viewer
from s11audit.web.uploads import ALLOWED, UploadKind, received

TOO_LARGE = "This is larger than 2 MB, and no questionnaire is. Check that it is the right file"


class DraftForm(FlaskForm):
    file = FileField(
        "Questionnaire file",
        description="A YAML file (.yaml) or an Excel workbook (.xlsx) of up to 2 MB.",
    )
    text = TextAreaField(
        "Or paste the text here",
        description="The text of a YAML file. A file that you choose above is used instead.",
    )
    partnership = SelectField(
        "Partnership",
        description="Whose draft it is. Nobody else sees it before it is published.",
        validate_choice=False,
    )

    def offer_partnerships(self) -> None:
        """Offer the partnerships for which the viewer may upload."""
        ids = viewer().partnerships(Permission.EDIT_QUESTIONNAIRES)
        known = directory.partnerships(db(), visible_to=viewer())
        self.offered = {one.reference: one for one in known if one.id in ids}
        self.partnership.choices = {one.reference: one.name for one in self.offered.values()}

    @property
    def chosen_partnership(self) -> Partnership:
        """The one that was chosen, or the only one there is. Raises RefusedError."""
        if len(self.offered) == 1:
            return next(iter(self.offered.values()))
        chosen = self.offered.get(self.partnership.data or "")
        if chosen is None:
            raise RefusedError("partnership", "Choose one of the partnerships in the list")
        return chosen

    @property
    def file_name(self) -> str:
        return (self.file.data.filename or "") if self.file.data else ""

    def read(self) -> bytes:
        """The bytes that were sent. Raises RefusedError where they cannot be a questionnaire."""
        if self.file_name:
            return received(self.file.data, UploadKind.YAML, UploadKind.WORKBOOK).raw
        raw = (self.text.data or "").replace("\r\n", "\n").encode("utf-8", "replace")
        if len(raw) > ALLOWED[UploadKind.YAML].largest:
            raise RefusedError("text", TOO_LARGE)
        if not raw.strip():
            raise RefusedError("file", "Choose a file, or paste the text of one")
        return raw

    def as_yaml(self, raw: bytes, library: ScaleLibrary) -> bytes:
        """The YAML of what was sent. Raises QuestionnaireFaultsError for a workbook with faults."""
        if is_text(raw):
            return raw
        return read_workbook(raw, self.file_name, library).encode()


def is_text(raw: bytes) -> bool:
    """Whether these bytes are no workbook, by how those of today and of long ago begin."""
    return not raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))
