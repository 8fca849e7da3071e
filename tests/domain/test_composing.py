"""Common and local questions as one questionnaire, and what each partnership sees of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from s11audit.domain.audience import Audience, Respondent
from s11audit.domain.composing import ClashError, LocalPart, check_clashes, compose, seen_by
from s11audit.domain.questionnaire import Questionnaire, Standard, Thresholds
from s11audit.domain.ratings import Rating
from s11audit.domain.routing import route
from s11audit.domain.scoring import score
from s11audit.questionnaires.composed import ComposedVersions
from tests.domain.samples import question, questionnaire, rating, standard, when

COMMON = replace(
    questionnaire(standard("lead", rating("lead.board"), question("lead.staff"))),
    id="common",
    title="Common",
    sha256="c" * 64,
)
BOTH = Respondent("police", partnerships=frozenset({"DOWN", "FAR"}))
ONLY_DOWN = Respondent("police", partnerships=frozenset({"DOWN"}))


def local(reference: str, *standards: Standard, sha256: str = "a" * 64) -> LocalPart:
    asked = replace(questionnaire(*standards), id=f"of-{reference.lower()}", sha256=sha256)
    return LocalPart(reference, f"{reference} SCP", replace(asked, title=f"What {reference} asks"))


FAR = local("FAR", standard("canals", rating("canals.patrols", critical=True)))
DOWN = local("DOWN", standard("hills", question("hills.farms")))


def asked(whole: Questionnaire, respondent: Respondent) -> list[str]:
    return list(route(whole, respondent, {}).asked)


def test_without_local_questions_the_common_version_is_what_it_was() -> None:
    assert compose(COMMON, []) is COMMON


def test_each_agency_is_asked_the_local_questions_of_its_own_partnerships() -> None:
    whole = compose(COMMON, [DOWN, FAR])
    assert asked(whole, BOTH) == ["lead", "hills", "canals"]
    assert asked(whole, ONLY_DOWN) == ["lead", "hills"]
    assert [one.part for one in whole.standards] == [
        "",
        "Local questions of DOWN SCP",
        "Local questions of FAR SCP",
    ]


def test_whom_the_file_itself_asks_still_holds() -> None:
    narrow = standard("schools", question("schools.a"), for_=frozenset({"school"}))
    elsewhere = replace(question("farms.b"), audience=Audience(partnerships=frozenset({"DOWN"})))
    here = replace(question("farms.c"), audience=Audience(partnerships=frozenset({"FAR", "DOWN"})))
    whole = compose(COMMON, [local("FAR", narrow, standard("farms", elsewhere, here))])
    routed = route(whole, BOTH, {}).asked
    assert list(routed) == ["lead", "farms"]
    assert [one.key for one in routed["farms"]] == ["farms.c"]


def test_the_fingerprint_is_that_of_all_parts() -> None:
    whole = compose(COMMON, [DOWN, FAR])
    assert whole.sha256 == compose(COMMON, [DOWN, FAR]).sha256
    others = (
        COMMON,
        compose(COMMON, [FAR]),
        compose(replace(COMMON, sha256="d" * 64), [DOWN, FAR]),
        compose(COMMON, [DOWN, local("FAR", *FAR.questionnaire.standards, sha256="b" * 64)]),
    )
    assert len({whole.sha256, *(one.sha256 for one in others)}) == 5
    assert [(one.partnership, one.id) for one in whole.local] == [
        ("DOWN", "of-down"),
        ("FAR", "of-far"),
    ]


def test_a_clash_names_the_id_and_whose_file_has_it_too() -> None:
    mine = local("DOWN", standard("canals", question("canals.other")))
    with pytest.raises(ClashError, match=r"the local questions of FAR SCP both .*“canals”"):
        check_clashes(mine, COMMON, [FAR])
    with pytest.raises(ClashError, match=r"the common questions both .*“lead”"):
        compose(COMMON, [local("DOWN", standard("lead", question("lead.other")))])


def test_nothing_is_composed_twice() -> None:
    kept = ComposedVersions()
    first = kept.get(COMMON, [DOWN, FAR], None)
    assert kept.get(COMMON, [DOWN, FAR], None) is first
    seen = kept.get(COMMON, [DOWN, FAR], frozenset({"DOWN"}))
    assert kept.get(COMMON, [DOWN, FAR], frozenset({"DOWN"})) is seen
    changed = replace(COMMON, sha256="e" * 64)
    assert kept.get(changed, [DOWN, FAR], None) is not first
    renamed = replace(FAR, name="Farshire")
    assert kept.get(COMMON, [DOWN, renamed], None).standards[-1].part.endswith("Farshire")


def test_the_least_used_composition_makes_room() -> None:
    kept = ComposedVersions(most=1)
    first = kept.get(COMMON, [DOWN], None)
    kept.get(COMMON, [FAR], None)
    assert kept.get(COMMON, [DOWN], None) is not first


@pytest.mark.parametrize(
    ("partnerships", "seen"),
    [
        ({"DOWN"}, ["lead", "hills"]),
        ({"FAR"}, ["lead", "canals"]),
        ({"DOWN", "FAR"}, ["lead", "hills", "canals"]),
        (set(), ["lead"]),
    ],
)
def test_each_partnership_sees_the_common_questions_and_its_own(
    partnerships: set[str], seen: list[str]
) -> None:
    whole = compose(COMMON, [DOWN, FAR])
    shown = seen_by(whole, partnerships)
    assert [one.id for one in shown.standards] == seen
    assert {key.partition(".")[0] for key in shown.by_key} == set(seen)
    assert shown.sha256 == whole.sha256


def test_who_sees_all_of_it_gets_the_very_same_object() -> None:
    assert seen_by(COMMON, {"DOWN"}) is COMMON


def test_a_single_question_of_another_partnership_is_not_seen_nor_what_hangs_on_it() -> None:
    theirs = replace(question("a.theirs"), audience=Audience(partnerships=frozenset({"FAR"})))
    hanging = question("a.hanging", when=when("a.theirs", "yes"))
    whole = questionnaire(standard("a", theirs, hanging, question("a.everybodys")))
    assert list(seen_by(whole, {"DOWN"}).by_key) == ["a.everybodys"]
    assert list(seen_by(whole, {"FAR"}).by_key) == ["a.theirs", "a.hanging", "a.everybodys"]


def test_local_questions_do_not_count_in_the_rating_of_the_return_but_in_its_completion() -> None:
    whole = compose(COMMON, [FAR])
    answers = {"lead.board": "met", "lead.staff": "yes", "canals.patrols": "not-met"}
    scored = score(whole, BOTH, answers)
    assert (scored.overall.rating, scored.overall.red, scored.overall.green) == (Rating.GREEN, 0, 1)
    assert (scored.overall.required, scored.overall.answered) == (3, 3)
    assert scored.overall.compliance_pct == 100
    local_card = scored.standards["canals"]
    assert (local_card.rating, local_card.red) == (Rating.RED, 1)
    without = score(whole, BOTH, {"lead.board": "met", "lead.staff": "yes"}).overall
    assert (without.rating, without.unanswered, without.provisional) == (Rating.GREEN, 1, True)


def test_local_standards_are_rated_by_the_thresholds_of_their_own_file() -> None:
    generous = Thresholds(green_from=COMMON.thresholds.red_below)
    own = standard("canals", rating("canals.a"), rating("canals.b"))
    part = local("FAR", own)
    part = replace(part, questionnaire=replace(part.questionnaire, thresholds=generous))
    answers = {"canals.a": "met", "canals.b": "partly-met", "lead.board": "partly-met"}
    scored = score(compose(COMMON, [part]), BOTH, answers)
    assert scored.standards["canals"].rating is Rating.GREEN  # 1½ of 2 is 75%
    assert scored.overall.rating is Rating.RED  # ½ of 1 is 50%


def test_a_question_of_some_partnerships_does_not_count_in_a_standard_of_all() -> None:
    theirs = rating("a.theirs", audience=Audience(partnerships=frozenset({"FAR"})), critical=True)
    whole = questionnaire(standard("a", rating("a.ours"), theirs))
    card = score(whole, BOTH, {"a.ours": "met", "a.theirs": "not-met"}).standards["a"]
    assert (card.rating, card.required, card.answered) == (Rating.GREEN, 2, 2)
    assert "theirs" not in card.because.lower()
