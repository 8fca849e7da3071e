"""One questionnaire of several: a common version and each partnership's local questions behind it.

A return of several partnerships then has one definition like any other, and whatever is made from
a definition (form, completion, scores, sign-off, workbook) needs to know nothing of this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from s11audit.domain.audience import Audience
from s11audit.domain.questionnaire import LocalVersion, Question, Questionnaire, Standard


@dataclass(frozen=True)
class LocalPart:
    """What a partnership, of this reference and name, asks besides the common questions."""

    reference: str
    name: str
    questionnaire: Questionnaire

    @property
    def title(self) -> str:
        """What its standards are called together."""
        return f"Local questions of {self.name}"

    @property
    def version(self) -> LocalVersion:
        asked = self.questionnaire
        return LocalVersion(self.reference, asked.id, asked.version, asked.sha256)


class ClashError(ValueError):
    """Two versions that are asked together have standards of the same id.

    The text says whose the other is, but not what else it holds.
    """

    def __init__(self, mine: Questionnaire, whose: str, ids: Iterable[str]):
        named = ", ".join(f"“{one}”" for one in ids)
        super().__init__(
            f"{mine.title}, version {mine.version}, and {whose} both have a standard with the id "
            f"{named}. Ids must differ, so give yours another id in a new version"
        )


def check_clashes(part: LocalPart, common: Questionnaire, others: Iterable[LocalPart]) -> None:
    """Raises ClashError where the part has a standard whose id another version uses, too."""
    beside = [(common, "the common questions")]
    beside += [(one.questionnaire, f"the local questions of {one.name}") for one in others]
    own = {standard.id for standard in part.questionnaire.standards}
    for other, whose in beside:
        if both := [standard.id for standard in other.standards if standard.id in own]:
            raise ClashError(part.questionnaire, whose, both)


def compose(common: Questionnaire, parts: Sequence[LocalPart]) -> Questionnaire:
    """The common version, and behind it each partnership's standards for its own agencies.

    Its fingerprint is made from those of the versions. Raises ClashError.
    """
    if not parts:
        return common
    for place, part in enumerate(parts):
        check_clashes(part, common, parts[:place])
    local = tuple(part.version for part in parts)
    standards = [standard for part in parts for standard in _standards_of(part)]
    return replace(
        common,
        standards=(*common.standards, *standards),
        sha256=_fingerprint(common, local),
        local=local,
    )


def _standards_of(part: LocalPart) -> Iterator[Standard]:
    for standard in part.questionnaire.standards:
        yield replace(
            standard,
            part=part.title,
            audience=_within(standard.audience, part.reference),
            questions=tuple(_question_of(question, part) for question in standard.questions),
            thresholds=part.questionnaire.thresholds,
        )


def _question_of(question: Question, part: LocalPart) -> Question:
    """The question, which the file may already keep from agencies of this partnership."""
    if question.audience.partnerships is None:
        return question
    return replace(question, audience=_within(question.audience, part.reference))


def _within(audience: Audience, reference: str) -> Audience:
    named = audience.partnerships
    kept = frozenset({reference}) if named is None else named & {reference}
    return replace(audience, partnerships=kept)


def _fingerprint(common: Questionnaire, local: Sequence[LocalVersion]) -> str:
    parts = [[one.partnership, one.id, one.version, one.sha256] for one in local]
    content = json.dumps([[common.id, common.version, common.sha256], parts])
    return hashlib.sha256(content.encode()).hexdigest()


def seen_by(questionnaire: Questionnaire, partnerships: Set[str]) -> Questionnaire:
    """What people of these partnerships (references) may read of it.

    That is what is asked for all partnerships, and for any of these. It keeps its fingerprint.
    """
    told = questionnaire.told_to
    if all(bound is None or bound & partnerships for bound in told.values()):
        return questionnaire
    shown = [
        replace(standard, questions=seen)
        for standard in questionnaire.standards
        if (
            seen := tuple(
                question
                for question in standard.questions
                if (bound := told[question.key]) is None or bound & partnerships
            )
        )
    ]
    return replace(questionnaire, standards=tuple(shown))
