"""The form of a list that is sent as a file or pasted, for one partnership and perhaps a round."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField, TextAreaField

from s11audit.domain.permissions import Permission
from s11audit.queries.programme import rounds_to_join
from s11audit.services.invitation_files import MOST_ROWS
from s11audit.web.people.forms import chosen_or_only, own_partnerships
from s11audit.web.security import db, viewer
from s11audit.web.uploads import UploadKind, received


class ListForm(FlaskForm):
    """What is chosen is checked by the services, against what the viewer reaches."""

    file = FileField("CSV file", description=f"Up to 2 MB and {MOST_ROWS:,} lines")
    text = TextAreaField(
        "Or paste the lines here",
        description="With the headings, from a spreadsheet or a file. A file is used instead",
    )
    partnership = SelectField("Partnership", validate_choice=False)
    round = SelectField(
        "Round that these agencies join (optional)",
        validate_choice=False,
        description="Those that are there already join it, too",
    )

    @classmethod
    def offered(cls) -> ListForm:
        """The form with the partnerships and rounds to which the viewer may add agencies."""
        form = cls()
        form.partnerships = own_partnerships(Permission.EDIT_AGENCIES)
        form.partnership.choices = form.partnerships
        joinable = rounds_to_join(db(), visible_to=viewer())
        form.round.choices = {"": "No round"} | {one.reference: one.title for one in joinable}
        return form

    def read(self) -> str:
        """The lines that were sent, of a file or pasted. Raises RefusedError."""
        if self.file.data and self.file.data.filename:
            self.text.data = received(self.file.data, UploadKind.CSV).text
        return self.text.data or ""

    @property
    def home(self) -> str:
        """The reference of the partnership that is meant."""
        return chosen_or_only(self.partnership, self.partnerships)
