"""Routing in words: of whom something is asked, and when."""

from __future__ import annotations

from s11audit.domain.agency_types import agency_attribute_label, agency_type_label
from s11audit.domain.audience import Audience
from s11audit.domain.conditions import AllOf, AnyOf, Condition, Is, Not
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire


def condition_words(condition: Condition, questionnaire: Questionnaire) -> str:
    """A condition as a person reads it: “your answer to “Volunteers” is “Yes””."""
    match condition:
        case Is():
            question = questionnaire.by_key[condition.question]
            answer = type_of(question).shown(question, condition.value)
            verb = "is not" if condition.negated else "is"
            return f"your answer to “{question.title}” {verb} “{answer}”"
        case AnyOf():
            return " or ".join(condition_words(one, questionnaire) for one in condition.conditions)
        case AllOf():
            return " and ".join(condition_words(one, questionnaire) for one in condition.conditions)
        case Not():
            return f"not ({condition_words(condition.condition, questionnaire)})"


def audience_words(audience: Audience) -> str:
    """Who is asked, such as “School or College; with Boarding”; "" for everybody."""
    words = []
    if audience.agency_types is not None:
        words.append(" or ".join(map(agency_type_label, sorted(audience.agency_types))))
    if audience.attributes is not None:
        labels = " or ".join(map(agency_attribute_label, sorted(audience.attributes)))
        words.append(f"with {labels}")
    if audience.partnerships is not None:
        words.append(f"in {' or '.join(sorted(audience.partnerships))}")
    return "; ".join(words)
