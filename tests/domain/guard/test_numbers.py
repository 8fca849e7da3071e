"""Numbers and addresses of one person, however they are written, and what only looks like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.guard import Certainty, Kind, find
from s11audit.domain.guard.numbers import is_nhs_number, is_pupil_number
from tests.domain.guard.told import certainties, found, of_kind

NHS = "9434765919"  # of the range that is kept for tests


@pytest.mark.parametrize(
    "written",
    [
        NHS,
        "943 476 5919",
        "943-476-5919",
        "943.476.5919",
        "943\u00a0476\u00a05919",
        "943 \u2013 476 \u2013 5919",
        "943 476\n5919",
        "943 476\r\n5919",
        "9\u200b4\u200b3\u200b4\u200b7\u200b6\u200b5\u200b9\u200b1\u200b9",
        "943\u00ad476\u00ad5919",
        "\uff19\uff14\uff13 \uff14\uff17\uff16 \uff15\uff19\uff11\uff19",
        "\u0669\u0664\u0663 \u0664\u0667\u0666 \u0665\u0669\u0661\u0669",
        "NHS9434765919",
    ],
)
def test_an_nhs_number_is_certain_however_it_is_written(written: str) -> None:
    text = f"The child ({written}) was seen."
    (hit,) = [hit for hit in find(text) if hit.kind is Kind.NHS_NUMBER]
    assert hit.certainty is Certainty.CERTAIN
    assert text[hit.start : hit.end] in written


@pytest.mark.parametrize(
    "text",
    [
        "Invoice 9434765918 was paid.",
        "Ring the helpline on 0800 111 4567.",
        "Budget: 9,434,765,919 over ten years.",
        "0 1 2 3 4 5 6 7 8 9",
        "See S11-2026-POL and MA-26-03-C2.",
        "1111111111",
        "hash 94347659190a",
    ],
)
def test_other_numbers_are_no_nhs_numbers(text: str) -> None:
    assert of_kind(Kind.NHS_NUMBER, text, Certainty.POSSIBLE) == []


def test_a_wrong_number_beside_the_word_nhs_is_asked_about_and_not_blocked() -> None:
    assert certainties("NHS number 943 476 5918") == ["LIKELY"]


def test_ten_digits_in_odd_groups_may_be_several_numbers() -> None:
    assert certainties("Scores 94 34 76 59 19") == ["LIKELY"]


@given(st.text(alphabet="0123456789", min_size=9, max_size=9))
def test_one_check_digit_at_most_fits_nine_digits(nine: str) -> None:
    fitting = [digit for digit in "0123456789" if is_nhs_number(nine + digit)]
    assert len(fitting) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "Call 07700 900123.",
        "Call +44 7700 900123.",
        "Call (+44) 7700 900123.",
        "Call +44 (0)7700 900123.",
        "Call 0044 7700 900 123.",
        "Call (01273) 496 123.",
        "Call 01273-496123.",
        "Call 020 7946 0123.",
        "Call 07 70 09 00 12 3.",
        "Call 0770O 9OO123.",
        "Call 07700\n900123.",
        "Call +353 86 123 4567.",
    ],
)
def test_phone_numbers_are_found(text: str) -> None:
    assert [kind for kind, _ in found(text)] == ["phone-number"]


@pytest.mark.parametrize(
    "text",
    [
        "Childline is 0800 1111, the NSPCC 0808 800 5000.",
        "Dial 101, or 999.",
        "The review of 07.12.2026 had 14 actions.",
        "Between 2024 and 2026, 1273 contacts.",
        "Scores: 0 1 2 3 4 5 6 7 8 9 10",
    ],
)
def test_numbers_of_services_and_figures_are_no_alarm(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "written", ["BN21 4UB", "bn21 4ub", "BN214UB", "BN21\u00a04UB", "SW1A 1AA"]
)
def test_full_postcodes_are_found(written: str) -> None:
    assert of_kind(Kind.POSTCODE, f"They live at {written}.") == [written]


@pytest.mark.parametrize(
    "text",
    [
        "They live in BN21.",
        "S11-2026-POL",
        "the M25 3rd exit",
        "social workers and nobody else",
        "s47 5pm",
        "Part 2 1AB",
        "so one our its",
    ],
)
def test_what_is_no_full_postcode_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "written",
    [
        "s.jones@example.org",
        "S.JONES@EXAMPLE.ORG",
        "s.jones\uff20example.org",
        "s.\u200bjones@exam\u200bple.org",
        "s.jones@\u00adexample.org",
    ],
)
def test_an_email_address_is_certain(written: str) -> None:
    assert certainties(f"Sent to {written} by mistake") == ["CERTAIN"]


@pytest.mark.parametrize(
    "written",
    [
        "jones at example dot org",
        "jones (at) example (dot) org",
        "jones[at]example[dot]co[dot]uk",
        "jones @ example.org",
        "jones at example.org",
    ],
)
def test_a_disguised_email_address_is_likely(written: str) -> None:
    assert certainties(f"Sent to {written} by mistake") == ["LIKELY"]


def test_a_meeting_at_a_place_is_no_email_address() -> None:
    assert found("We met at the hub. Org charts were shown at length.") == []


def test_pupil_numbers_need_their_check_letter_or_the_word() -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    number = next(one + "801200001001" for one in letters if is_pupil_number(one + "801200001001"))
    wrong = ("A" if number[0] != "A" else "B") + number[1:]
    assert certainties(f"see {number}") == ["CERTAIN"]
    assert certainties(f"see {number[0]} 8012 0000 1001") == ["CERTAIN"]
    assert certainties(f"UPN {wrong}") == ["LIKELY"]
    assert certainties(f"see {wrong}") == []


@pytest.mark.parametrize("written", ["AB 12 34 56 C", "AB123456C", "AB-12-34-56-C"])
def test_national_insurance_numbers_are_found(written: str) -> None:
    assert of_kind(Kind.NATIONAL_INSURANCE, f"Claim under {written}") == [written]


def test_prefixes_that_were_never_given_are_no_national_insurance_number() -> None:
    assert found("See GB 12 34 56 A") == []
