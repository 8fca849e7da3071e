"""Drawing cases: the same for everybody, the right sizes, and fair."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.sampling import (
    Entry,
    Size,
    draw_cases,
    list_digest,
    place_in_draw,
    proportional_sizes,
    strata_of,
    stratum_of,
)

ENTRIES = st.lists(
    st.builds(
        Entry,
        reference=st.from_regex(r"[A-Z]{1,3}[0-9]{1,5}", fullmatch=True),
        age_band=st.sampled_from(["", "0 to 4", "5 to 9", "10 to 15"]),
        team=st.sampled_from(["", "North", "South"]),
    ),
    max_size=40,
    unique_by=lambda entry: entry.reference,
)
COLUMNS = st.frozensets(st.sampled_from(["age-band", "team", "plan-type"]))
SEEDS = st.text("abcdef0123456789", min_size=1, max_size=16)


@given(ENTRIES, COLUMNS, SEEDS, st.integers(0, 5), st.integers(0, 3), st.randoms())
def test_a_draw_does_not_depend_on_the_order_of_the_list_and_has_the_right_sizes(
    entries: list[Entry],
    columns: frozenset[str],
    seed: str,
    cases: int,
    reserves: int,
    shuffle: random.Random,
) -> None:
    strata = strata_of(entries, columns)
    sizes = dict.fromkeys(strata, Size(cases, reserves))
    drawn = draw_cases(entries, columns, sizes, seed)
    shuffled = list(entries)
    shuffle.shuffle(shuffled)
    again = draw_cases(shuffled, columns, sizes, seed)
    assert (again.cases, dict(again.reserves)) == (drawn.cases, dict(drawn.reserves))
    chosen = Counter(stratum_of(entry, columns) for entry in drawn.cases)
    for name, found in strata.items():
        assert chosen[name] == min(cases, len(found))
        assert len(drawn.reserves[name]) == min(reserves, max(0, len(found) - cases))
    everybody = [*drawn.cases, *(one for some in drawn.reserves.values() for one in some)]
    assert len(set(everybody)) == len(everybody)


def test_every_entry_is_drawn_about_as_often_as_any_other() -> None:
    entries = [Entry(f"EH-{number:03}") for number in range(20)]
    size = {"All cases": Size(5)}
    drawn: Counter[str] = Counter()
    for seed in range(2_000):
        drawn.update(one.reference for one in draw_cases(entries, (), size, str(seed)).cases)
    # 500 times each is expected; the standard deviation is about 19.
    assert len(drawn) == len(entries)
    assert all(400 < count < 600 for count in drawn.values())


def test_the_place_in_a_draw_is_what_anybody_can_work_out() -> None:
    """By hand: printf 'lantern 48\\nEH-01234' | sha256sum."""
    expected = "bd2d3dbd"
    assert place_in_draw("lantern 48", "EH-01234").startswith(expected)
    assert place_in_draw("lantern 48", "eh-01234") == place_in_draw("lantern 48", "EH-01234")


@given(
    st.dictionaries(st.text("abc", min_size=1), st.integers(0, 50), max_size=8), st.integers(0, 60)
)
def test_cases_are_shared_out_by_how_many_there_are(counts: dict[str, int], wanted: int) -> None:
    sizes = proportional_sizes(counts, wanted)
    total = sum(counts.values())
    assert sum(size.cases for size in sizes.values()) == min(wanted, total)
    for name, size in sizes.items():
        assert 0 <= size.cases + size.reserves <= counts[name]
        assert abs(size.cases - min(wanted, total) * counts[name] / total) < 1


def test_a_stratum_is_named_by_its_values_and_what_is_left_out_is_said() -> None:
    entry = Entry("A1", age_band="0 to 4", plan_type="Child in need")
    assert stratum_of(entry, {"plan-type", "age-band"}) == "0 to 4 / Child in need"
    assert stratum_of(entry, {"team"}) == "Not given"
    assert stratum_of(entry, ()) == "All cases"


def test_strata_stand_in_the_order_of_their_numbers() -> None:
    entries = [Entry(f"A{n}", age_band=band) for n, band in enumerate(["10 to 15", "5 to 9", "A"])]
    assert list(strata_of(entries, {"age-band"})) == ["5 to 9", "10 to 15", "A"]


@pytest.mark.parametrize("change", ["A3", "a2", ""])
def test_a_list_has_the_same_digest_in_any_order_and_another_where_it_differs(change: str) -> None:
    entries = [Entry("A1"), Entry("A2", "0 to 4")]
    digest = list_digest(entries)
    assert list_digest(reversed(entries)) == digest
    other = [Entry("A1"), Entry(change)] if change else entries[:1]
    assert list_digest(other) != digest
