"""The fields of answers, without a page around them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from s11audit.domain.question_types import QUESTION_TYPES, WrongValueError, type_of
from s11audit.domain.questionnaire import Question, Rows
from s11audit.web.boxes import Box
from s11audit.web.fields import VALUE_FIELDS
from tests.domain.every_type import FIXED, TODAY, TYPED, of_type

ANSWERED = sorted(name for name, one in QUESTION_TYPES.items() if one.has_answer)


def bound(asked: Question, held: str, sent: list[tuple[str, str]] | None) -> BaseForm:
    form = BaseForm({"value": VALUE_FIELDS[asked.type](asked, TODAY)}, prefix="x__")
    form.process(None if sent is None else MultiDict(sent), data={"value": held})
    return form


@given(st.sampled_from(ANSWERED), TYPED, st.booleans())
def test_a_value_goes_through_its_boxes_unchanged(type_: str, text: str, fixed: bool) -> None:
    asked = of_type(type_, rows=FIXED if fixed and type_ == "table" else Rows(most=7))
    text = text.replace("\r", "\n")  # no box of a browser keeps any other line end
    try:
        value = type_of(asked).read(asked, text, TODAY)
    except WrongValueError:
        value = ""
    shown = bound(asked, value, None)["value"]
    assert isinstance(shown, Box)
    again = bound(asked, "", list(shown.as_sent()))
    assert again.validate(), again.errors
    assert again["value"].stored == value


@given(
    st.sampled_from(ANSWERED),
    st.lists(
        st.tuples(
            st.sampled_from(
                [
                    *("x__value", "x__value-numerator", "x__value-denominator", "x__value-month"),
                    *("x__value-year", "x__value-day", "x__value-0-post", "x__value-1-staff"),
                    *("x__value-0-share_numerator", "x__value-2-when", "x__value-0-link"),
                ]
            ),
            TYPED,
        ),
        max_size=6,
    ),
)
def test_whatever_is_sent_is_stored_or_stays_with_its_error(
    type_: str, sent: list[tuple[str, str]]
) -> None:
    asked = of_type(type_, rows=Rows(most=7))
    form = bound(asked, "", sent)
    field = form["value"]
    assert isinstance(field, Box)
    if form.validate():
        again = bound(asked, "", list(field.as_sent()))
        assert again.validate()
        assert again["value"].stored == field.stored
    else:
        assert all(message for _, message in field.faults())
        assert list(field.faults())
        assert [text for _, text in field.as_sent() if text] or not any(t for _, t in sent)
