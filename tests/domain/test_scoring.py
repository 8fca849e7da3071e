"""Figures here were worked out by hand; the sums stand beside them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from s11audit.domain.audience import Audience, Respondent
from s11audit.domain.numbers import percent
from s11audit.domain.questionnaire import Thresholds
from s11audit.domain.ratings import Rag, Rating
from s11audit.domain.scales import Direction, Level, Scale
from s11audit.domain.scoring import Scorecard, score, scorecard
from tests.domain.samples import (
    COMPLIANCE,
    grades,
    of,
    question,
    questionnaire,
    rating,
    standard,
    when,
)

MET, PARTLY, NOT, NA = "met", "partly-met", "not-met", "not-applicable"


def overall(
    values: list[str], critical: tuple[int, ...] = (), scale: Scale = COMPLIANCE
) -> Scorecard:
    """The scorecard of rating questions answered with these values, "" for none."""
    questions = [
        rating(f"a.q{number}", scale, critical=number in critical) for number in range(len(values))
    ]
    answers = {f"a.q{number}": value for number, value in enumerate(values) if value}
    return score(of(*questions), Respondent("police"), answers).overall


def test_all_not_applicable_is_complete_but_not_rated() -> None:
    card = overall([NA, NA, NA])
    assert (card.required, card.answered, card.not_applicable, card.unanswered) == (3, 3, 3, 0)
    assert card.completion_pct == 100
    assert (card.green_pct, card.compliance_pct, card.strict_pct) == (None, None, None)
    assert card.rating is Rating.NOT_RATED
    assert not card.provisional
    assert card.because == "Not rated because every question is not applicable"


def test_nothing_answered_is_not_rated_and_provisional() -> None:
    card = overall(["", "", "", ""])
    assert (card.visible, card.required, card.answered, card.unanswered) == (4, 4, 0, 4)
    assert card.completion_pct == 0
    assert (card.green_pct, card.compliance_pct) == (None, None)
    assert card.strict_pct == 0  # 0 of 4 points
    assert card.rating is Rating.NOT_RATED
    assert card.provisional
    assert card.because == "Not rated because no question has been rated yet"


def test_a_critical_red_makes_red_even_at_95_percent() -> None:
    # 19 green, 1 red: 19 ÷ 20 = 95%.
    card = overall([MET] * 19 + [NOT], critical=(19,))
    assert card.compliance_pct == 95
    assert card.rating is Rating.RED
    assert card.because == "Red because the critical question 'Q19' is red"


def test_two_and_three_critical_reds_are_named_or_counted() -> None:
    two = overall([MET] * 8 + [NOT] * 2, critical=(8, 9))
    three = overall([MET] * 7 + [NOT] * 3, critical=(7, 8, 9))
    assert two.because == "Red because the critical questions 'Q8' and 'Q9' are red"
    assert three.because == "Red because 3 critical questions are red, 'Q7' first"


def test_a_critical_question_that_is_amber_does_not_make_red() -> None:
    # (9 + ½) ÷ 10 = 95%, nothing red.
    assert overall([MET] * 9 + [PARTLY], critical=(9,)).rating is Rating.GREEN


def test_an_ordinary_red_holds_a_high_score_at_amber() -> None:
    # 9 of 10 = 90%, which is enough for green but for the red.
    card = overall([MET] * 9 + [NOT])
    assert card.compliance_pct == 90
    assert card.rating is Rating.AMBER
    assert card.because == "Amber because the question 'Q9' is red, although compliance is 90%"


@pytest.mark.parametrize(
    ("values", "compliance", "expected"),
    [
        # (11 × ½) ÷ 10 = 55%
        ([PARTLY] * 9 + [MET], "55.0", Rating.RED),
        # (2 + 8 × ½) ÷ 10 = 60%
        ([PARTLY] * 8 + [MET] * 2, "60.0", Rating.AMBER),
        # (7 + 3 × ½) ÷ 10 = 85%
        ([MET] * 7 + [PARTLY] * 3, "85.0", Rating.AMBER),
        # (8 + 2 × ½) ÷ 10 = 90%
        ([MET] * 8 + [PARTLY] * 2, "90.0", Rating.GREEN),
    ],
)
def test_the_thresholds_themselves_belong_to_the_better_rating(
    values: list[str], compliance: str, expected: Rating
) -> None:
    card = overall(values)
    assert card.compliance_pct == Decimal(compliance)
    assert card.rating is expected


def test_the_sentence_names_the_threshold_that_decided() -> None:
    assert overall([PARTLY]).because == "Red because compliance is 50%, below 60%"
    assert overall([PARTLY, MET]).because == (
        "Amber because compliance is 75%: 60% or more, but below 90%"
    )
    assert overall([MET]).because == (
        "Green because compliance is 100%, 90% or more, and nothing is red"
    )


def test_a_sentence_never_says_that_60_is_below_60() -> None:
    # 1,199 of 2,000 points = 59.95%, which rounds to 60.0%.
    levels = (
        Level("low", "Low", rag=Rag.RED, points=Fraction(1199)),
        Level("high", "High", rag=Rag.GREEN, points=Fraction(2000)),
    )
    card = overall(["low"], scale=Scale("fine", levels))
    assert card.compliance_pct == 60
    assert card.rating is Rating.RED
    assert card.because == "Red because compliance is just under 60%, below 60%"


def test_thresholds_come_from_the_questionnaire() -> None:
    questions = [rating("a.q0"), rating("a.q1")]
    answers = {"a.q0": MET, "a.q1": PARTLY}  # 75%
    strict = scorecard(questions, answers, Thresholds(Fraction(80), Fraction(95)))
    lenient = scorecard(questions, answers, Thresholds(Fraction(50), Fraction(75)))
    assert (strict.rating, lenient.rating) == (Rating.RED, Rating.GREEN)


def test_not_applicable_leaves_every_denominator_but_completion() -> None:
    card = overall([MET, MET, PARTLY, NA])
    assert card.completion_pct == 100  # 4 ÷ 4
    assert card.green_pct == Decimal("66.7")  # 2 ÷ 3
    assert card.compliance_pct == Decimal("83.3")  # 2½ ÷ 3
    assert card.strict_pct == Decimal("83.3")


def test_unanswered_counts_as_nothing_in_the_strict_figure_only() -> None:
    card = overall([MET, PARTLY, "", ""])
    assert card.completion_pct == 50  # 2 ÷ 4
    assert card.green_pct == 50  # 1 ÷ 2
    assert card.compliance_pct == 75  # 1½ ÷ 2
    assert card.strict_pct == Decimal("37.5")  # 1½ ÷ 4
    assert card.provisional


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (1, 16, "6.3"),  # 6.25
        (3, 16, "18.8"),  # 18.75
        (1, 3, "33.3"),
        (2, 3, "66.7"),
        (1, 2000, "0.1"),  # 0.05
        (1, 2001, "0.0"),  # 0.04998
        (9, 34, "26.5"),
        (182, 190, "95.8"),
        (Fraction(1, 2), 8, "6.3"),  # 6.25
        (5, 5, "100.0"),
        (0, 5, "0.0"),
    ],
)
def test_percentages_round_half_up_to_one_decimal(
    part: Fraction | int, whole: int, expected: str
) -> None:
    assert percent(part, whole) == Decimal(expected)


def test_a_percentage_of_nothing_does_not_exist() -> None:
    assert percent(0, 0) is None


def test_one_is_best_counts_from_the_other_end() -> None:
    # 1 is worth 4/4, 2 is worth 3/4, 4 is worth 1/4: (1 + ¾ + ¼) ÷ 3 = 66.7%.
    scale = grades(Direction.LOWEST_IS_BEST, colours="GGAR")
    card = overall(["1", "2", "4"], scale=scale)
    assert (card.green, card.red) == (2, 1)
    assert card.compliance_pct == Decimal("66.7")
    assert overall(["1", "1"], scale=scale).rating is Rating.GREEN


def test_one_is_best_may_also_be_written_by_points() -> None:
    # The best level, called 1, has 3 points; 4 has none: (3 + 2 + 0) ÷ 9 = 55.6%.
    levels = tuple(
        Level(name, name, rag=rag, points=Fraction(points))
        for name, rag, points in [
            ("1", Rag.GREEN, 3),
            ("2", Rag.GREEN, 2),
            ("3", Rag.AMBER, 1),
            ("4", Rag.RED, 0),
        ]
    )
    card = overall(["1", "2", "4"], scale=Scale("devon", levels))
    assert card.compliance_pct == Decimal("55.6")
    assert card.rating is Rating.RED


def test_a_scale_with_colours_and_no_points_is_worth_its_colours() -> None:
    levels = (Level("g", "G", rag=Rag.GREEN), Level("a", "A", rag=Rag.AMBER))
    assert overall(["g", "a"], scale=Scale("plain", levels)).compliance_pct == 75  # (1 + ½) ÷ 2


def test_a_scale_without_colours_alone_has_points_but_no_rating() -> None:
    card = overall(["4", "2"], scale=grades(colours="----"))
    assert (card.red, card.amber, card.green) == (0, 0, 0)
    assert card.compliance_pct == 75  # (4 + 2) ÷ 8
    assert card.rating is Rating.NOT_RATED
    assert card.because == "Not rated because no question here has a red, amber or green rating"


def test_a_scale_without_colours_stays_out_beside_one_that_has_them() -> None:
    sample = of(rating("a.x"), rating("a.y", grades(colours="----")))
    card = score(sample, Respondent("police"), {"a.x": PARTLY, "a.y": "4"}).overall
    assert card.compliance_pct == 50  # ½ ÷ 1; grade 4 of 4 adds nothing
    assert card.answered == 2


def test_scales_of_different_points_are_pooled_by_colour_alone() -> None:
    # Alone, grade 3 of 4 is worth ¾; beside another scale it is green and worth 1.
    sample = questionnaire(
        standard("a", rating("a.x")), standard("b", rating("b.y", grades(colours="RAGG")))
    )
    scored = score(sample, Respondent("police"), {"a.x": PARTLY, "b.y": "3"})
    assert scored.standards["b"].compliance_pct == 75
    assert scored.overall.compliance_pct == 75  # (½ + 1) ÷ 2
    assert (scored.overall.amber, scored.overall.green) == (1, 1)


def test_the_answer_to_a_hidden_question_counts_nowhere() -> None:
    sample = of(question("a.asks"), rating("a.then", critical=True, when=when("a.asks", "yes")))
    hidden = score(sample, Respondent("police"), {"a.asks": "no", "a.then": NOT}).overall
    assert (hidden.visible, hidden.required, hidden.answered, hidden.red) == (1, 1, 1, 0)
    assert hidden.rating is Rating.NOT_RATED
    shown = score(sample, Respondent("police"), {"a.asks": "yes", "a.then": NOT}).overall
    assert (shown.visible, shown.red, shown.rating) == (2, 1, Rating.RED)


def test_optional_questions_rate_but_never_hold_up_completion() -> None:
    sample = of(rating("a.x"), rating("a.y", required=False), rating("a.z", required=False))
    card = score(sample, Respondent("police"), {"a.x": MET, "a.y": NOT}).overall
    assert (card.visible, card.required, card.answered, card.unanswered) == (3, 1, 1, 0)
    assert card.completion_pct == 100
    assert card.compliance_pct == 50  # (1 + 0) ÷ 2
    assert card.strict_pct == 50  # the optional one left empty is not held against anybody
    assert not card.provisional


def test_nothing_required_has_no_completion() -> None:
    card = score(of(rating("a.x", required=False)), Respondent("police"), {}).overall
    assert card.completion_pct is None
    assert card.because == "Not rated because no question has been rated yet"


def test_questions_without_a_rating_count_for_completion_only() -> None:
    sample = of(question("a.when", "date"), rating("a.x"))
    card = score(sample, Respondent("police"), {"a.x": MET}).overall
    assert card.completion_pct == 50
    assert card.compliance_pct == 100
    assert card.strict_pct == 100
    assert (card.rating, card.provisional) == (Rating.GREEN, True)


def test_a_standard_for_other_agency_types_is_absent_not_empty() -> None:
    sample = questionnaire(
        standard("a", rating("a.x")),
        standard("b", rating("b.y"), for_=frozenset({"school"})),
        standard("c", rating("c.z", audience=Audience(frozenset({"school"})))),
    )
    scored = score(sample, Respondent("police"), {"a.x": MET, "b.y": NOT, "c.z": NOT})
    assert list(scored.standards) == ["a"]
    assert scored.overall.red == 0
    assert list(score(sample, Respondent("school"), {}).standards) == ["a", "b", "c"]


def test_a_return_that_is_asked_nothing_says_so() -> None:
    card = score(
        of(rating("a.x", audience=Audience(frozenset({"school"})))), Respondent("police"), {}
    ).overall
    assert (card.visible, card.completion_pct, card.rating) == (0, None, Rating.NOT_RATED)
    assert card.because == "Not rated because nothing here is asked of this agency"


def test_half_a_percentage_is_no_answer_yet() -> None:
    sample = of(question("a.x", "percentage", numerator="Trained", denominator="In post"))
    half = score(sample, Respondent("police"), {"a.x": "12/"}).overall
    whole = score(sample, Respondent("police"), {"a.x": "12/40"}).overall
    assert (half.answered, half.unanswered, whole.answered) == (0, 1, 1)


def test_a_statement_is_no_question() -> None:
    sample = of(question("a.x", "statement", required=False), rating("a.y"))
    card = score(sample, Respondent("police"), {"a.y": MET}).overall
    assert (card.visible, card.required, card.completion_pct) == (1, 1, 100)


def test_answers_that_wait_to_be_confirmed_route_but_do_not_count() -> None:
    sample = of(question("a.asks"), rating("a.then", when=when("a.asks", "yes")))
    answers = {"a.asks": "yes", "a.then": NOT}
    waiting = score(sample, Respondent("police"), answers, frozenset(answers)).overall
    assert (waiting.visible, waiting.answered, waiting.rated) == (2, 0, 0)
    assert waiting.rating is Rating.NOT_RATED
