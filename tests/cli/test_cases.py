"""Drawing the cases of an audit from the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from s11audit.cli import main
from s11audit.models import AuditCase, CohortEntry
from s11audit.models.database import Database
from s11audit.services.case_audits import plan_audit, take_audit_step
from tests.case_audits import MORNING
from tests.cast import Cast
from tests.services.test_sampling import PLAN

LIST = "Reference,Age band\nL1,0 to 4\nL2,0 to 4\nL3,5 to 9\nL4,5 to 9\nL5,5 to 9\n"


@pytest.fixture
def run(database_url: str, database: Database, cast: Cast, tmp_path: Path) -> Any:
    """Draws for a commissioned audit from a list with this text."""
    by = {"by": cast["Priya"], "now": MORNING}
    with database.writing.begin() as session:
        audit = plan_audit(session, cast.partnerships["DOWN"], PLAN, **by)
        take_audit_step(session, audit, "commission", **by)
    others = {name: None for name in os.environ if name.startswith("S11AUDIT_")}

    def draw(*words: str, text: str = LIST) -> Result:
        path = tmp_path / "list.csv"
        path.write_text(text)
        given = ("--audit", PLAN.reference, "--list", str(path), "--seed", "lantern", *words)
        env = {**others, "DATABASE_URL": database_url}
        done = CliRunner().invoke(main, ["cases", "draw", *given], env=env)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return draw


def stored(database: Database) -> tuple[int, int]:
    with database.reading() as session:
        cases = session.scalars(select(AuditCase)).all()
        return len(cases), len(session.scalars(select(CohortEntry)).all())


def test_what_a_dry_run_prints_is_what_is_then_drawn(run: Any, database: Database) -> None:
    words = ("--by", "age-band", "--json")
    planned = json.loads(run(*words, "--dry-run").stdout)
    assert stored(database) == (0, 0)
    assert json.loads(run(*words).stdout) == planned
    assert stored(database) == (3, 5)
    assert [row["case"] for row in planned["cases"]] == [
        "MA-26-02-C1",
        "MA-26-02-C2",
        "MA-26-02-C3",
    ]
    assert planned["sizes"] == {
        "0 to 4": {"cases": 1, "reserves": 1},
        "5 to 9": {"cases": 2, "reserves": 1},
    }


def test_sizes_can_be_said(run: Any) -> None:
    done = run("--by", "age-band", "--size", "5 to 9=1+2", "--dry-run")
    lines = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "MA-26-02-C1",
        "reserve",
        "reserve",
        "Nothing is stored.",
    ]
    assert run("--size", "some").exit_code == 2
    assert "has only" in run("--size", "All cases=9").output


def test_faults_of_a_list_are_told_by_line_and_nothing_is_drawn(
    run: Any, database: Database
) -> None:
    done = run(text="L1\nJoshua Smith\n")
    assert done.exit_code == 1
    assert "list.csv:2: Reference: This looks like a name" in done.output
    assert "Joshua" not in done.output
    assert stored(database) == (0, 0)
