"""The forms on which an agency states something instead of answering."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired

from s11audit.domain.actions import Promise
from s11audit.domain.answers import POST_LIMIT
from s11audit.services.side_states import NO_DOCUMENT, Assurance, SentDocument
from s11audit.web.fields import DateParts, TextField

DOCUMENT_LIMIT = 2_000
CHOOSE_AGAIN = "Choose the file again: browsers forget it when something else has to be put right"


class StatingForm(FlaskForm):
    """Who declares it, and that they do."""

    post = TextField(
        POST_LIMIT,
        label="Post of whoever makes this declaration",
        validators=[DataRequired("Enter the post of whoever makes this declaration")],
        description="A job title, such as Chief Officer or Chair of Governors. Not a name.",
    )
    agree = BooleanField(validators=[DataRequired("Tick the box to make the declaration")])


class AssuranceForm(StatingForm):
    """What the assurance rests on, and what the agency does where it cannot assure."""

    document = TextField(
        DOCUMENT_LIMIT,
        label="Which document does your assurance rest on, and where is it?",
        description="Such as your trust’s own safeguarding audit of May 2026. Give a link to it, "
        "or say whom your partnership can ask for it. You can leave this empty if you add the "
        "document as a file.",
    )
    file = FileField("The document as a file (optional)")
    keep = BooleanField()
    can_assure = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Can you assure your partnership that children are safe?",
        [InputRequired("Say whether you can assure that children are safe")],
        choices=[
            SelectChoice("yes", "Yes, we can assure that children are safe"),
            SelectChoice("no", "No, we cannot assure that at the moment"),
        ],
        invalid_choice_message="Say whether you can assure that children are safe",
    )
    explanation = TextField(
        label="What can you not be sure of?",
        description="What is missing, and what it means for children. Name nobody.",
    )
    action_what = TextField(label="What will you do about it?")
    action_post = TextField(
        POST_LIMIT, label="Which post is responsible?", description="A job title, not a name."
    )
    action_due = DateParts(label="By when will it be done?")

    def validate(self, extra_validators: Any = None) -> bool:
        """Some document is named or sent, and whoever cannot assure says why, and what they do."""
        valid = bool(super().validate(extra_validators))
        lacking = [
            (field, text) for field, text in self._wanted if not (field.data or field.errors)
        ]
        for field, text in lacking:
            field.errors = [text]
        if valid and not lacking:
            return True
        self.ask_for_file_again()
        return False

    @property
    def _wanted(self) -> list[tuple[Any, str]]:
        """The fields that must not be empty, as the others stand, and what to say of each."""
        named = [] if self.sent_file or self.keep.data else [(self.document, NO_DOCUMENT)]
        if self.can_assure.data != "no":
            return named
        return [
            *named,
            (self.explanation, "Say what you cannot be sure of"),
            (self.action_what, "Say what you will do about it"),
            (self.action_post, "Enter the post that is responsible"),
            (self.action_due, "Enter the date by which it will be done"),
        ]

    @property
    def sent_file(self) -> FileStorage | None:
        """The file that was chosen."""
        sent = request.files.get(self.file.name)
        return sent if sent and sent.filename else None

    def ask_for_file_again(self) -> None:
        """Say so where a page is about to come back without the file that was chosen."""
        if self.sent_file and not self.file.errors:
            self.file.errors = [CHOOSE_AGAIN]

    def assurance(self, file: SentDocument | None) -> Assurance:
        """What was typed, with the file that was sent once it is taken in."""
        promise = Promise(
            self.action_what.data or "", self.action_post.data or "", self.action_due.data
        )
        return Assurance(
            post=self.post.data or "",
            document=self.document.data or "",
            file=file,
            keeps_file=bool(self.keep.data),
            can_assure=self.can_assure.data == "yes",
            explanation=self.explanation.data or "",
            promise=promise,
        )


class NilForm(StatingForm):
    """Why there is nothing to answer for."""

    reason = TextField(
        label="Why is there nothing to answer for?",
        validators=[DataRequired("Say why there is nothing to answer for")],
        description="Such as: no pupils on roll this year.",
    )
