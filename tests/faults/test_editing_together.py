"""Two people edit one answer at the same moment, on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import KIND, SqliteFiles
from tests.faults.appending import append_at_once, two_editors
from tests.faults.served import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(KIND != "sqlite", reason="Takes its own copy of a SQLite file"),
]
# `python -m tests.faults.appending` goes on for a minute.
TOKENS = 25


def test_no_word_of_two_editors_is_lost(tmp_path: Path, databases: SqliteFiles) -> None:
    url, editors = two_editors(tmp_path, databases, databases.cast)
    with served(url) as server:
        words = append_at_once(server, editors, lambda done: done < TOKENS)
    assert [one.refusals for one in editors] == [[], []]
    assert all(len(one.acknowledged) == TOKENS for one in editors)
    assert {token for one in editors for token in one.acknowledged} <= words
