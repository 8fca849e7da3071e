"""Texts that were looked at of late are looked at once, and never kept."""

from __future__ import annotations

from s11audit.domain.guard import find
from s11audit.domain.guard.recent import RecentTexts

CALL = "Call Mrs Okonkwo on 07700 900123."
PLAIN = "The plan was shared with the school."


def test_the_same_is_found_again() -> None:
    recent = RecentTexts()
    for text in (CALL, PLAIN, "\udcff", CALL, ""):
        assert list(recent.find(text)) == find(text)
    assert recent.find(CALL) is recent.find(CALL)


def test_only_so_many_are_known_and_the_oldest_is_forgotten() -> None:
    recent = RecentTexts(most=2)
    first, second = recent.find(CALL), recent.find(CALL + " ")
    recent.find(CALL)
    recent.find(PLAIN)
    assert recent.find(CALL) is first
    assert recent.find(CALL + " ") is not second


def test_no_text_is_kept() -> None:
    recent = RecentTexts()
    recent.find(CALL)
    assert "Okonkwo" not in repr(vars(recent))
