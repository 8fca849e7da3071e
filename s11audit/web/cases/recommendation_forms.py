"""The forms for what a panel recommends, and for what agencies are asked to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField
from wtforms.validators import DataRequired

from s11audit.domain.answers import POST_LIMIT
from s11audit.queries.findings import FindingRead
from s11audit.services.findings import NewRecommendation
from s11audit.web.fields import DateParts, TextField

LONGEST_SHOWN = 80


class RecommendationForm(FlaskForm):
    text = TextField(
        label="The recommendation",
        validators=[DataRequired("Write what the panel recommends")],
        description="What should change, for whom. Agencies read this: say nothing of one case.",
    )
    finding = SelectField("Which finding does it rest on?", validate_choice=False)
    version = HiddenField()

    def offer(self, findings: Iterable[FindingRead]) -> RecommendationForm:
        """Offer the findings that the viewer may read."""
        self.finding.choices = [
            ("", "None of them"),
            *((str(one.finding.id), _in_short(one)) for one in findings),
        ]
        return self

    @property
    def recommendation(self) -> NewRecommendation:
        chosen = self.finding.data or ""
        is_id = chosen.isascii() and chosen.isdecimal() and len(chosen) < 10
        # What is no id is no finding's: the service says so.
        finding_id = int(chosen) if is_id else -1
        return NewRecommendation(self.text.data or "", finding_id if chosen else None)


class ActionForm(FlaskForm):
    agency = SelectField("Which agency?", validate_choice=False)
    what = TextField(
        label="What should the agency do?",
        validators=[DataRequired("Say what the agency should do")],
    )
    post = TextField(
        POST_LIMIT,
        label="Which post is responsible?",
        description="A job title, not a name.",
        validators=[DataRequired("Enter the post that is responsible")],
    )
    due_on = DateParts(label="By when should it be done?")

    def offer(self, agencies: Mapping[str, str]) -> ActionForm:
        """Offer the agencies (reference → name)."""
        self.agency.choices = [("", "Choose an agency"), *agencies.items()]
        return self


def _in_short(one: FindingRead) -> str:
    text = " ".join(one.finding.text.split())
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
    return f"{one.kind}: {shown}"
