"""The forms that set up a joint assessment, name who rates, and write down what is agreed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired, ValidationError

from s11audit.domain.actions import Promise
from s11audit.domain.answers import POST_LIMIT
from s11audit.domain.questionnaire import Kind, Question
from s11audit.models import Agency, AgreedRating, Assessment, User
from s11audit.services.agreed_ratings import Agreement
from s11audit.services.assessments import LONGEST_TITLE, AssessmentDetails
from s11audit.web.fields import DateParts, TextField
from s11audit.web.questionnaire_choice import OffersQuestionnaires

LONGEST_LABEL = 200


def _id_or_none(text: str | int | None) -> int | None:
    """An id out of a list; nothing where the first, empty choice was left."""
    return int(text) if text not in (None, "", "None") else None


def _one_of(label: str, description: str = "") -> SelectField:
    return SelectField(label, coerce=_id_or_none, description=description, validate_choice=False)


class QuestionnaireForm(OffersQuestionnaires, FlaskForm):
    """Which questionnaire is asked: the first box of the page, and so of its errors."""

    asks = Kind.JOINT_ASSESSMENT
    questionnaire = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "Questionnaire",
        [InputRequired("Choose a questionnaire")],
        invalid_choice_message="Choose one of the questionnaires in the list",
    )


class DetailsForm(FlaskForm):
    """What a manager says of an assessment, new or not yet opened."""

    title = TextField(
        LONGEST_TITLE,
        label="Title",
        validators=[InputRequired("Enter a title")],
        description="Such as “How we lead together, 2026”.",
    )
    about_agency_id = _one_of(
        "What is rated?", "The partnership itself, or one agency that its peers look at."
    )
    due_on = DateParts(label="When are the ratings due?")
    chair_id = _one_of(
        "Who chairs?",
        "They do not rate. They see who has finished, lead the discussion and write down what is "
        "agreed, or you write it for them.",
    )
    repeats_id = _one_of(
        "Which earlier assessment does it repeat? (optional)",
        "What is agreed is then compared with what was agreed in that one.",
    )

    def validate_due_on(self, field: DateParts) -> None:
        if field.data is None and not any(field.parts):
            raise ValidationError("Enter the date by which the ratings are due")

    def validate_chair_id(self, field: SelectField) -> None:
        if field.data is None:
            raise ValidationError("Choose who chairs")

    def offer(
        self, agencies: Iterable[Agency], chairs: Iterable[User], earlier: Iterable[Assessment]
    ) -> None:
        """What can be chosen. An empty choice comes first where none is a choice, too."""
        self.about_agency_id.choices = [
            ("", "The partnership itself"),
            *((one.id, one.name) for one in agencies),
        ]
        self.chair_id.choices = [("", "Choose somebody"), *((one.id, one.name) for one in chairs)]
        self.repeats_id.choices = [
            ("", "None: there is nothing to compare with"),
            *((one.id, f"{one.title} ({one.reference})") for one in earlier),
        ]

    @property
    def details(self) -> AssessmentDetails:
        return AssessmentDetails(
            title=self.title.data or "",
            due_on=self.due_on.data,
            chair_id=self.chair_id.data or 0,
            about_agency_id=self.about_agency_id.data,
            repeats_id=self.repeats_id.data,
        )


class SetUpForm(QuestionnaireForm, DetailsForm):
    """What is said of a new one, in the order of the page."""


class AssessorForm(FlaskForm):
    """Somebody who rates, and for whom."""

    user_id = _one_of("Who rates?")
    label = TextField(
        LONGEST_LABEL,
        label="Which body or post do they speak for?",
        description="Such as “Police”. Their ratings are shown under it.",
        validators=[InputRequired("Enter the body or the post that they speak for")],
    )

    def offer(self, people: Iterable[User]) -> None:
        self.user_id.choices = [(one.id, one.name) for one in people]


class FinishForm(FlaskForm):
    """The declaration with which an assessor finishes."""

    agree = BooleanField(
        validators=[DataRequired("Tick the box to make the declaration, or go on rating")]
    )


class AgreedForm(FlaskForm):
    """What is agreed of one question, and the action that goes with amber and red."""

    level = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "What is agreed?",
        [InputRequired("Choose what is agreed")],
        invalid_choice_message="Choose one of the levels in the list",
    )
    rationale = TextField(
        label="Why?",
        description="What you relied on, and what settled it where you differed. Name nobody.",
        validators=[InputRequired("Say why this is what was agreed")],
    )
    note = TextField(
        label="Note of the discussion (optional)",
        description="What was said for and against, without names.",
    )
    what = TextField(label="What will be done?")
    agency_id = _one_of("Which agency sees to it?")
    post = TextField(
        POST_LIMIT, label="Which post is responsible?", description="A job title, not a name"
    )
    due_on = DateParts(label="By when?", description="For example, 31 3 2027")

    def offer(self, question: Question, agencies: Iterable[Agency]) -> None:
        levels = question.scale.levels if question.scale else ()
        self.level.choices = [(level.id, level.label) for level in levels]
        self.agency_id.choices = [
            ("", "Choose an agency"),
            *((one.id, one.name) for one in agencies),
        ]

    @property
    def agreement(self) -> Agreement:
        return Agreement(
            level=self.level.data or "",
            rationale=self.rationale.data or "",
            note=self.note.data or "",
            promise=Promise(self.what.data or "", self.post.data or "", self.due_on.data),
            agency_id=self.agency_id.data,
        )


def stored_texts(agreed: AgreedRating) -> dict[str, Any]:
    """What is kept, by the boxes of `AgreedForm`."""
    return {
        "level": agreed.level,
        "rationale": agreed.rationale,
        "note": agreed.note,
        "what": agreed.action_what,
        "agency_id": agreed.action_agency_id,
        "post": agreed.action_post,
        "due_on": agreed.action_due_on,
    }
