"""What every questionnaire that ships must keep, whoever writes the next version."""

from __future__ import annotations

import pytest

from s11audit.domain.lineage import ChangeKind, compare
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Kind, Question, Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.questionnaires import shipped_catalogue

CATALOGUE = shipped_catalogue()
SHIPPED = [CATALOGUE.get(one.id, one.version) for one in CATALOGUE.versions()]
# Bodies that no longer exist; and the law that was repealed with them.
FORMER = ("s14B", "LSCB", "Local Safeguarding Children Board")
# How many questions, and how many of them graded, each kind of audit may have.
SIZES: dict[str, tuple[range, range]] = {
    "section-11": (range(35, 51), range(30, 51)),
    "section-175": (range(60, 81), range(30, 81)),
    "case-file": (range(20, 31), range(8, 12)),
    "lead-partners": (range(24, 31), range(24, 31)),
    "peer-review": (range(8, 13), range(8, 13)),
    "practitioner-survey": (range(12, 16), range(0, 16)),
}

every_version = pytest.mark.parametrize(
    "questionnaire", SHIPPED, ids=lambda one: f"{one.id}/{one.version}"
)


def answered(questionnaire: Questionnaire) -> list[Question]:
    return [one for one in questionnaire.questions() if type_of(one).has_answer]


def test_everything_that_ships_is_published() -> None:
    drafts = [one for one in CATALOGUE.versions() if one.status is not VersionStatus.PUBLISHED]
    assert drafts == []


@every_version
def test_an_audit_is_neither_too_long_nor_too_short(questionnaire: Questionnaire) -> None:
    questions = answered(questionnaire)
    asked, graded = SIZES[questionnaire.id]
    assert len(questions) in asked
    assert sum(one.type == "rating" for one in questions) in graded


@every_version
def test_no_question_is_asked_twice(questionnaire: Questionnaire) -> None:
    asks = [one.ask.casefold() for one in questionnaire.questions()]
    assert len(asks) == len(set(asks))


@every_version
def test_no_citation_is_of_law_that_has_gone(questionnaire: Questionnaire) -> None:
    cited = " ".join(str(cite) for one in questionnaire.questions() for cite in one.cites)
    assert [former for former in FORMER if former in cited] == []


@every_version
def test_guidance_is_cited_by_edition(questionnaire: Questionnaire) -> None:
    undated = [
        one.key
        for one in questionnaire.questions()
        for cite in one.cites
        if cite.guidance in ("Keeping children safe in education", "Working Together")
        and not cite.edition
    ]
    assert undated == []


@every_version
def test_a_rating_says_what_good_looks_like(questionnaire: Questionnaire) -> None:
    if questionnaire.kind is Kind.SURVEY:
        return
    bare = [
        one.key
        for one in answered(questionnaire)
        if one.type == "rating" and not (one.good or one.means)
    ]
    assert bare == []


@every_version
def test_every_question_of_a_survey_tests_a_standard_and_asks_for_no_name(
    questionnaire: Questionnaire,
) -> None:
    if questionnaire.kind is not Kind.SURVEY:
        return
    questions = answered(questionnaire)
    assert [one.key for one in questions if one.tests is None] == []
    assert [one.key for one in questions if one.type in ("short-text", "date", "table")] == []


def test_the_two_editions_of_section_11_show_every_kind_of_change() -> None:
    old, new = (CATALOGUE.get("section-11", version) for version in ("2024", "2026"))
    kinds = {kind for change in compare(old, new) for kind in (change.kind, *change.also)}
    assert kinds == set(ChangeKind)
