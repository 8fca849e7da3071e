"""The server is killed in the middle; what it had acknowledged is there, and nothing came twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.databases import KIND, SqliteFiles
from tests.faults.killing import Stage, kill_while_saving, kill_while_signing, set_stage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(KIND != "sqlite", reason="A server of its own outlives PostgreSQL’s client"),
]
# As many as a test has time for; `python -m tests.faults.killing` does it 200 times.
KILLS = 3


@pytest.fixture
def stage(tmp_path: Path, databases: SqliteFiles) -> Stage:
    return set_stage(tmp_path, databases, databases.cast)


def test_no_save_is_lost_when_the_server_is_killed(stage: Stage, tmp_path: Path) -> None:
    rng = Random(4)
    acknowledged = [kill_while_saving(stage, tmp_path, rng) for _ in range(KILLS)]
    assert len(acknowledged) == KILLS


def test_a_return_is_signed_once_or_not_at_all_when_the_server_is_killed(
    stage: Stage, tmp_path: Path
) -> None:
    rng = Random(5)
    assert len([kill_while_signing(stage, tmp_path, rng) for _ in range(KILLS)]) == KILLS
