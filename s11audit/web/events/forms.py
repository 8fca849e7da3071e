"""The form that searches the history."""

from __future__ import annotations

from typing import Any

from wtforms import Form, SelectField
from wtforms.validators import ValidationError

from s11audit.domain.event_groups import GROUP_LABELS, EventGroup
from s11audit.domain.event_kinds import EVENT_KINDS, kinds_of
from s11audit.queries.events import Search
from s11audit.web.fields import DateParts, TextField

LONGEST_SEARCH = 200


def _choices() -> dict[str, str]:
    """Everything, then each group: all of it, and each kind of it."""
    offered = {"": "Anything"}
    for group, label in GROUP_LABELS.items():
        kinds = sorted(kinds_of(group), key=lambda kind: EVENT_KINDS[kind].label)
        offered[group.value] = f"{label}: all" if len(kinds) > 1 else label
        if len(kinds) > 1:
            offered |= {kind: f"{label}: {EVENT_KINDS[kind].label}" for kind in kinds}
    return offered


class SearchForm(Form):
    who = TextField(LONGEST_SEARCH, label="Who", description="Part of a name or e-mail address")
    # A kind that no longer has words may still be searched for.
    what = SelectField("What", default="", choices=_choices(), validate_choice=False)
    about = TextField(
        LONGEST_SEARCH,
        label="About",
        description=(
            "One reference: of a round, return, action or agency, or a case reference. "
            "Or a person’s or agency’s name in full, or an e-mail address"
        ),
    )
    since = DateParts(called="to search from", label="From")
    until = DateParts(called="to search until", label="Until")

    def validate_until(self, field: DateParts) -> None:
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError("Enter a date on or after the one to search from")

    @property
    def search(self) -> Search:
        """What was asked for; only once the form has been validated."""
        return Search(
            who=(self.who.data or "").strip(),
            kinds=_kinds(self.what.data or ""),
            about=(self.about.data or "").strip(),
            since=self.since.data,
            until=self.until.data,
        )

    @property
    def asked(self) -> dict[str, Any]:
        """The same as the variables of an address."""
        texts = {name: self[name].data for name in ("who", "what", "about")}
        dates = dict([*self.since.as_sent(), *self.until.as_sent()])
        return {name: text for name, text in (texts | dates).items() if text}


def _kinds(chosen: str) -> frozenset[str]:
    if chosen in set(EventGroup):
        return kinds_of(EventGroup(chosen))
    return frozenset({chosen}) if chosen else frozenset()
