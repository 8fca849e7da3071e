from __future__ import annotations

from datetime import date
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest

from s11audit.domain.answers import Part, parts_of
from s11audit.domain.audience import Respondent
from s11audit.domain.conditions import AllOf, AnyOf, Is, Not
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.questionnaire import ActionRule, EvidenceRule, Kind, Questionnaire
from s11audit.domain.ratings import Rag
from s11audit.domain.routing import route
from s11audit.domain.scales import Direction
from s11audit.domain.scoring import score
from s11audit.paths import QUESTIONNAIRES
from s11audit.questionnaires import check, load, shipped_catalogue

SOUND = Path(__file__).parent / "sound"


def sound(name: str) -> Questionnaire:
    return load(SOUND / f"{name}.yaml")


@pytest.mark.parametrize("path", sorted(SOUND.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_sound_file_has_no_fault_and_its_own_fingerprint(path: Path) -> None:
    assert check(path) == []
    borrowed = sorted({scale for scale in ("agreement",) if scale in load(path).scales})
    bytes_of_scales = [(QUESTIONNAIRES / "scales" / f"{one}.yaml").read_bytes() for one in borrowed]
    assert load(path).sha256 == sha256(b"".join([path.read_bytes(), *bytes_of_scales])).hexdigest()


def test_every_shipped_questionnaire_loads() -> None:
    catalogue = shipped_catalogue()
    assert catalogue.faults() == []
    assert ("section-11", "2026") in {(one.id, one.version) for one in catalogue.versions()}
    for version in catalogue.versions():
        assert catalogue.get(version.id, version.version).title == version.title


def test_every_question_type_keeps_its_own_keys() -> None:
    form = sound("every-type")
    assert {question.type for question in form.questions()} == set(QUESTION_TYPES)
    lead = form.by_key["a.board-lead"]
    assert lead.critical
    assert lead.title == "Board lead"
    assert lead.lineage.was == ("a.senior-lead",)
    assert lead.good == ("The lead is named.", "People know: ask them.")
    assert [str(cite) for cite in lead.cites] == [
        "Children Act 2004 s11(2)(a)",
        "Working Together (2026), chapter 4",
    ]
    assert [cite.checked for cite in lead.cites] == [True, False]
    trained = form.by_key["a.trained"]
    assert (trained.min, trained.max) == (0, Fraction("99.5"))
    assert (trained.decimals, trained.unit) == (1, "people")
    day = form.by_key["a.day"]
    assert (day.earliest, day.latest) == ("2020-01-01", "today")
    lengths = [form.by_key[key].max_length for key in ("a.post", "a.brief", "a.story")]
    assert lengths == [200, 50, 10_000]
    assert not form.by_key["a.post"].required
    assert form.by_key["a.story"].title == "Tell us"
    assert (form.kind, form.replaces) == (Kind.SURVEY, "0")


def test_the_types_of_several_boxes_keep_theirs() -> None:
    form = sound("every-type")
    agrees = form.by_key["a.agrees"]
    assert agrees.scale is not None
    assert (agrees.scale.id, agrees.action) == ("agreement", ActionRule.NONE)
    assert [option.alone for option in form.by_key["a.serves"].options] == [False, False, True]
    assert form.by_key["a.serves"].means == {"babies": "Under one year"}
    share = form.by_key["a.share"]
    assert (share.numerator, share.denominator) == ("Trained", "In post")
    assert [(form.by_key[key].min, form.by_key[key].decimals) for key in ("a.spent", "a.gave")] == [
        (0, 0),
        (0, 2),
    ]
    roles, sites = form.by_key["a.roles"], form.by_key["a.sites"]
    assert [column.key for column in roles.columns] == [
        "a.roles.post",
        "a.roles.trained",
        "a.roles.staff",
    ]
    assert [column.required for column in roles.columns] == [True, False, True]
    assert ([row.label for row in roles.rows.fixed], roles.rows.most) == (["Lead", "Deputy"], 2)
    assert (sites.rows.least, sites.rows.most, sites.heading) == (1, 12, "Who does what")
    assert form.by_key["a.papers"].rows.most == 5
    assert not form.by_key["a.stop"].required
    assert form.by_key["a.sure"].agree == "I confirm it"


def test_words_stay_the_words_that_were_written() -> None:
    form = sound("plain-words")
    assert (form.version, form.title, form.summary) == ("2026.10", "no", "010")
    assert form.introduction == "First paragraph,\nstill the first.\n\nSecond paragraph."
    assert form.declaration == "On one line."
    assert form.standards[0].title == "10:30"
    asked = form.by_key["10.1"]
    assert asked.ask == "2026-01-01"
    assert asked.scale is not None
    assert [level.id for level in asked.scale.levels] == ["yes", "no"]


def test_rules_have_the_defaults_that_their_scale_allows() -> None:
    form = sound("rules-by-default")
    coloured, plain, text = form.questions()
    assert (coloured.evidence, coloured.action) == (
        EvidenceRule.OPTIONAL,
        ActionRule.WHEN_RED_OR_AMBER,
    )
    assert (plain.evidence, plain.action) == (EvidenceRule.OPTIONAL, ActionRule.NONE)
    assert (text.evidence, text.action) == (EvidenceRule.NONE, ActionRule.NONE)
    assert (form.thresholds.red_below, form.thresholds.green_from) == (60, 90)
    scale = form.scales["coloured"]
    assert scale.direction is Direction.HIGHEST_IS_BEST
    assert scale.worth == {"good": 1, "fair": Fraction(1, 2)}
    last = scale.levels[-1]
    assert (last.applicable, last.needs_reason, last.rag) == (False, True, None)
    assert form.scales["plain"].worth == {}


def test_only_surveys_have_no_room_for_comments_and_evidence() -> None:
    survey = shipped_catalogue().get("practitioner-survey", "2026")
    assert {part for one in survey.questions() for part in parts_of(one)} == {Part.VALUE}
    rating = next(sound("rules-by-default").questions())
    assert {Part.COMMENT, Part.EVIDENCE} <= parts_of(rating)


def test_a_scale_where_1_is_best_scores_as_its_file_says() -> None:
    # (4/4 + 3/4 + 2/4) ÷ 3 = 75%, and this file makes green from 75.
    form = sound("one-is-best")
    answers = {"practice.x": "1", "practice.y": "2", "practice.z": "3"}
    card = score(form, Respondent("police"), answers).overall
    assert form.scales["grades"].level("4").rag is Rag.RED  # type: ignore[union-attr]
    assert (card.compliance_pct, card.rating) == (75, "green")


def test_conditions_are_read_in_every_form() -> None:
    form = sound("conditions")
    assert form.by_key["a.why"].when == Is("a.asks", "yes", negated=True)
    assert form.by_key["a.deep"].when == AnyOf(
        (AllOf((Is("a.then", "met"), Not(Is("a.some", "yes")))), Is("b.other", "no"))
    )
    answers = {"a.asks": "yes", "a.then": "met", "a.many": "0"}
    asked = [question.id for question in route(form, Respondent("police"), answers).asked["a"]]
    assert asked == ["asks", "many", "then", "deep"]


def test_questions_are_for_the_agency_types_of_question_and_standard() -> None:
    form = sound("agency-types")
    asked = {
        agency: [q.key for qs in route(form, Respondent(agency), {}).asked.values() for q in qs]
        for agency in ("police", "lighthouse-keepers", "college", "school")
    }
    assert asked["police"] == asked["lighthouse-keepers"] == ["everybody.all", "everybody.some"]
    assert asked["college"] == ["everybody.all", "schools.all"]
    assert asked["school"] == ["everybody.all", "schools.all", "schools.some"]


def test_dates_as_limits_are_dates() -> None:
    assert date.fromisoformat(sound("every-type").by_key["a.day"].earliest) == date(2020, 1, 1)
