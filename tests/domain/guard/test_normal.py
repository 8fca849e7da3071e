"""Whatever is looked at, places are those of the text that was typed."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.guard import find
from s11audit.domain.guard.normal import normal
from s11audit.domain.guard.telling import listed, mark, quoted

ANY = st.text(st.characters(exclude_categories=()), max_size=80)
HIDDEN = ["\u200b", "\u00ad", "\u2060", "\ufeff"]


@given(ANY)
def test_every_place_lies_in_the_text_and_in_order(text: str) -> None:
    plain = normal(text)
    for start in range(len(plain.text)):
        first, last = plain.place(start, start + 1)
        assert 0 <= first < last <= len(text)
    hits = find(text)
    assert all(0 <= hit.start < hit.end <= len(text) for hit in hits)
    assert all(one.end <= after.start for one, after in pairwise(hits))


@given(st.lists(st.sampled_from([*HIDDEN, " ", "9434765919", "Sarah", "a"]), max_size=12))
def test_what_cannot_be_seen_changes_nothing(parts: list[str]) -> None:
    hidden, seen = "".join(parts), "".join(part for part in parts if part not in HIDDEN)
    assert [hit.kind for hit in find(hidden)] == [hit.kind for hit in find(seen)]


def test_a_finding_is_told_by_its_ends_and_its_line() -> None:
    text = "Mum Sarah\nrang 07700 900123"
    assert listed(text, find(text)) == (
        "a name (“Sarah”, line 1) and a phone number (“077… 123”, line 2)"
    )


def test_the_same_finding_has_the_same_mark_wherever_and_however_it_stands() -> None:
    one, other = "Call 07700 900123.", "Again, call 07700\u200b900 123 at once."
    assert mark(one, find(one)[0]) == mark(other, find(other)[0])
    third = "Call 07700 900124."
    assert mark(one, find(one)[0]) != mark(third, find(third)[0])
    assert quoted(one, find(one)[0]) == "077… 123"
