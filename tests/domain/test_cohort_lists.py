"""Reading a list of references, and what may not stand in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.cohort_lists import MOST_VALUES, read_cohort
from s11audit.domain.local_references import fault_of_reference, fault_of_value
from s11audit.domain.sampling import Entry


def faults(text: str, *there: str) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in read_cohort(text, there).faults]


@pytest.mark.parametrize(
    "text",
    [
        "EH-1,0 to 4,North,Child in need\nEH-2,,South",
        "EH-1\t0 to 4\tNorth\tChild in need\r\nEH-2\t\tSouth\r\n",
        "\ufeffEH-1; 0 to 4;North;Child in need\n\n EH-2 ;;South;;\n",
        "Team,Reference,Type of plan,Age band\nNorth,EH-1,Child in need,0 to 4\nSouth,EH-2",
        "ref\tage\tTEAM\tplan\nEH-1\t0 to 4\tNorth\tChild in need\nEH-2\t\tSouth",
    ],
)
def test_a_list_is_read_however_it_was_pasted(text: str) -> None:
    read = read_cohort(text)
    assert read.faults == ()
    assert read.entries == (
        Entry("EH-1", "0 to 4", "North", "Child in need"),
        Entry("EH-2", "", "South"),
    )


def test_faults_are_named_by_their_lines_and_sound_lines_are_read_all_the_same() -> None:
    read = read_cohort("Reference\nEH-1\n\neh-1\nEH-2\nX")
    assert [entry.reference for entry in read.entries] == ["EH-1", "EH-2"]
    assert [fault.line for fault in read.faults] == [4, 6]


def test_what_is_in_the_list_already_is_not_added_again() -> None:
    assert faults("EH-1\nEH-2", "eh-2") == [(2, "Reference")]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", (1, "")),
        ("Reference\n", (1, "")),
        ('EH-1,"North', (1, "")),
        ("EH-1,0 to 4,North,Plan,Anna", (1, "Column 5")),
        ("Reference,Name\nEH-1,Anna", (1, "Column 2")),
        ("Reference,Ref\nEH-1,EH-1", (1, "Reference")),
        ("EH-1,12/03/2014", (1, "Age band")),
        ("EH-1,10-Oct", (1, "Age band")),
        ("EH-1,,a@b.example", (1, "Team")),
        ("EH-1,,Team Anna", (1, "Team")),
    ],
)
def test_what_does_not_belong_into_a_list_is_refused(text: str, place: tuple[int, str]) -> None:
    assert place in faults(text)


def test_a_column_that_says_something_else_of_every_child_is_refused() -> None:
    text = "\n".join(f"EH-{number},{number} weeks" for number in range(MOST_VALUES + 1))
    assert faults(text) == [(1, "Age band")]


@pytest.mark.parametrize(
    "text",
    ["EH-01234", "a1", "L001", "EH_2026_000123", "12345678", "1234567", "2026-11", "CIN-2026-041"],
)
def test_references_of_agencies_systems_are_accepted(text: str) -> None:
    assert fault_of_reference(text) == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no reference"),
        ("9434765919", "NHS number"),
        ("943-476-5919", "NHS number"),
        ("NHS943_476_5919", "NHS number"),
        ("12032014", "date"),
        ("20140312", "date"),
        ("EH-12-03-14", "date"),
        ("2014.3.12", "date"),
        ("3Mar2014", "date"),
        ("3-mar-2014", "date"),
        ("SMITH", "no digit"),
        ("JOSHUA-12", "like a name"),
        ("olivia_jones3", "like a name"),
        ("Smith 1", "without spaces"),
        ("Featherstone1", "letters in a row"),
        ("A123456789012", "digits in a row"),
        ("07700900123", "telephone"),
        ("BN71UE", "postcode"),
        ("jo@example.org", "e-mail"),
        ("1" * 8 + "-" + "A" * 12 + "1", "longer than"),
        ("EH-0\u0661", "letters, digits"),
    ],
)
def test_what_may_tell_who_a_child_is_is_refused(text: str, told: str) -> None:
    assert told in fault_of_reference(text)


@given(st.text(max_size=30))
def test_no_message_repeats_what_was_typed(text: str) -> None:
    if len(text) > 4 and text not in "Use the reference of your own system, such as EH-01234":
        assert text not in fault_of_reference(text)


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_or_refused(text: str) -> None:
    read = read_cohort(text)
    assert read.entries or read.faults
    assert all(fault_of_reference(entry.reference) == "" for entry in read.entries)


def test_age_bands_teams_and_plans_are_words() -> None:
    for text in (
        "",
        "10 to 15",
        "0-4",
        "10–15",
        "Under 1",
        "Children’s disability",
        "<1",
        "Mayfield 2",
    ):
        assert fault_of_value(text) == ""
