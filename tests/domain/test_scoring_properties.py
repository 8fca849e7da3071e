"""What holds of every scorecard, whatever was answered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating
from s11audit.domain.scoring import score
from tests.domain.samples import (
    COMPLIANCE,
    grades,
    question,
    questionnaire,
    rating,
    standard,
    when,
)

SCALES = (COMPLIANCE, grades(), grades(colours="----"))


@st.composite
def answered_questionnaires(draw: st.DrawFn) -> tuple[Questionnaire, dict[str, str]]:
    """A questionnaire of two standards, some questions hidden behind `a.asks`, and answers."""
    answers: dict[str, str] = {}
    asks = draw(st.sampled_from(["", "yes", "no"]))
    if asks:
        answers["a.asks"] = asks
    questions = {"a": [question("a.asks")], "b": []}
    for number in range(draw(st.integers(0, 12))):
        key = f"{draw(st.sampled_from('ab'))}.q{number}"
        scale = draw(st.sampled_from(SCALES))
        condition = draw(st.sampled_from([None, when("a.asks", "yes")]))
        questions[key[0]].append(
            rating(
                key,
                scale,
                required=draw(st.booleans()),
                critical=draw(st.booleans()),
                when=condition,
            )
        )
        value = draw(st.sampled_from(["", *(level.id for level in scale.levels)]))
        if value:
            answers[key] = value
    return questionnaire(*(standard(id_, *of) for id_, of in questions.items())), answers


@given(answered_questionnaires())
def test_percentages_stay_between_0_and_100_and_counts_add_up(
    sample: tuple[Questionnaire, dict[str, str]],
) -> None:
    scored = score(sample[0], Respondent("police"), sample[1])
    cards = [scored.overall, *scored.standards.values()]
    for card in cards:
        percentages = (card.completion_pct, card.green_pct, card.compliance_pct, card.strict_pct)
        assert all(value is None or 0 <= value <= 100 for value in percentages)
        assert card.answered + card.unanswered == card.required <= card.visible
        assert card.red + card.amber + card.green + card.not_applicable <= card.visible
        assert (card.rating is Rating.NOT_RATED) == (card.rated == 0)
        assert card.because.lower().startswith(card.rating.replace("-", " "))
    for count in ("visible", "required", "answered", "red", "amber", "green", "not_applicable"):
        assert getattr(scored.overall, count) == sum(
            getattr(card, count) for card in scored.standards.values()
        )


@given(answered_questionnaires(), st.sampled_from(["met", "not-met", "1", "4", "nonsense"]))
def test_the_answer_to_a_hidden_question_never_changes_a_score(
    sample: tuple[Questionnaire, dict[str, str]], value: str
) -> None:
    form, answers = sample
    answers = {**answers, "a.asks": "no"}
    hidden = {question.key: value for question in form.questions() if question.when}
    assert score(form, Respondent("police"), answers) == score(
        form, Respondent("police"), answers | hidden
    )
