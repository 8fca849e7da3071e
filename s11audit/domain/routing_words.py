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
        case AnyOf(conditions=conditions):
            return " or ".join(_in_a_group(one, questionnaire) for one in conditions)
        case AllOf(conditions=conditions):
            return " and ".join(_in_a_group(one, questionnaire) for one in conditions)
        case Not():
            return f"not ({condition_words(condition.condition, questionnaire)})"


def _in_a_group(condition: Condition, questionnaire: Questionnaire) -> str:
    """A condition among others, in brackets where it is a group of several itself."""
    words = condition_words(condition, questionnaire)
    match condition:
        case AnyOf(conditions=inner) | AllOf(conditions=inner) if len(inner) > 1:
            return f"({words})"
    return words


def audience_words(audience: Audience) -> str:
    """Who is asked, such as “School or College; marked “Boarding””; "" for everybody."""
    words = []
    if audience.agency_types is not None:
        words.append(" or ".join(map(agency_type_label, sorted(audience.agency_types))))
    if audience.attributes is not None:
        labels = map(agency_attribute_label, sorted(audience.attributes))
        words.append("marked " + " or ".join(f"“{label}”" for label in labels))
    if audience.partnerships is not None:
        words.append(f"in {' or '.join(sorted(audience.partnerships))}")
    return "; ".join(words)
