"""The form of a learning briefing."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from s11audit.domain.briefings import BRIEFING_BOXES, LONGEST_CONTACT, LONGEST_TITLE, BriefingBox
from s11audit.domain.cases import BriefingAudience
from s11audit.domain.numbers import counted
from s11audit.exports.briefing import briefing_layout
from s11audit.services.briefings import BriefingText
from s11audit.web.fields import TextField

AUDIENCES = {
    BriefingAudience.RESTRICTED: "People with a role in the partnership or in one of its agencies",
    BriefingAudience.PUBLISHED: "Everybody, without signing in",
}
_BOXES: dict[str, BriefingBox] = {box.name: box for box in BRIEFING_BOXES}


def _box(name: str) -> TextField:
    box = _BOXES[name]
    hint = f"{box.hint} {counted(box.lines, 'line')} at most."
    return TextField(box.characters, name=f"{name}-text", label=name, description=hint)


class BriefingForm(FlaskForm):
    """The texts of a briefing; the layout has the headings of its boxes."""

    title = TextField(
        LONGEST_TITLE,
        name="title-text",
        label="Title",
        description="What it is about, in everyday words.",
        validators=[InputRequired("Enter a title")],
    )
    looked_at = _box("looked_at")
    works = _box("works")
    improve = _box("improve")
    do = _box("do")
    discuss = _box("discuss")
    links = _box("links")
    contact = TextField(
        LONGEST_CONTACT,
        name="contact-text",
        label="Whom to ask",
        description="A post, an e-mail address or a telephone number of the partnership.",
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for name, heading in briefing_layout().headings.items():
            self[name].label.text = heading

    @property
    def boxes(self) -> list[tuple[BriefingBox, TextField]]:
        """The six boxes, each with its field."""
        return [(box, self[name]) for name, box in _BOXES.items()]

    @property
    def text(self) -> BriefingText:
        """What was typed."""
        boxes = {name: self[name].data or "" for name in _BOXES}
        return BriefingText(self.title.data or "", boxes, self.contact.data or "")

    def show_faults(self, faults: dict[str, str]) -> None:
        """Say beside each text what is wrong with it."""
        for name, fault in faults.items():
            if not self[name].errors:
                self[name].errors = [fault]


class IssueForm(FlaskForm):
    """Who may read the briefing."""

    audience = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Who may read it?",
        [InputRequired("Choose who may read the briefing")],
        choices={audience.value: label for audience, label in AUDIENCES.items()},
        invalid_choice_message="Choose who may read the briefing",
    )
