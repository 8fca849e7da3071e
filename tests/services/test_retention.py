"""Exactly what is due is deleted, by two people, for good, and nothing else changes."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, make_url, select
from sqlalchemy.orm import Session

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.dates import LONDON
from s11audit.domain.permissions import Role
from s11audit.domain.retention import Held, Stage, canonical, certificate_from, digest_of
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.viewers import Viewer
from s11audit.models import (
    AgreedGrade,
    AuditCase,
    CaseAudit,
    CaseDeletion,
    CaseFile,
    Event,
    ImmediateConcern,
    OutgoingMail,
)
from s11audit.models.database import Database
from s11audit.models.walls import Wall
from s11audit.queries.case_holdings import DELETED, HOLDINGS
from s11audit.queries.retention import kept_audits
from s11audit.services.deletion_ledger import Ledger, LedgerError, LedgerLine
from s11audit.services.refusals import RefusedError
from s11audit.services.retention import (
    Ruling,
    approve,
    end_hold,
    propose,
    put_on_hold,
    withdraw,
)
from s11audit.services.retention_replay import Outcome, not_done, replay
from tests.cast import Cast
from tests.databases import KIND
from tests.full_cases import (
    AFTER_A_YEAR,
    OF_A_CASE,
    THAT_STAYS,
    Full,
    audit_called,
    full_audit,
    second_person,
)
from tests.furnished import rows_of
from tests.joined import join

MONTHS = 12
DUE, OTHER = "MA-25-01", "MA-25-02"
A_DAY_BEFORE = AFTER_A_YEAR - timedelta(days=1)


@pytest.fixture
def ruling(tmp_path: Path) -> Ruling:
    return Ruling(MONTHS, Ledger(tmp_path / "deletions.jsonl"))


@pytest.fixture
def kit(database: Database, cast: Cast) -> Viewer:
    with database.writing.begin() as session:
        return second_person(session)


@pytest.fixture
def full(database: Database, cast: Cast, kit: Viewer) -> Full:
    """One audit that is due, and one like it that is on hold."""
    with database.writing.begin() as session:
        full_audit(session, cast, OTHER, hold_reason="A review of deaths")
        return full_audit(session, cast, DUE)


def within(database: Database, viewer: Viewer) -> Session:
    return database.within(Wall.around(viewer)).writing()


def audit(session: Session, reference: str = DUE) -> CaseAudit:
    return session.scalars(select(CaseAudit).where(CaseAudit.reference == reference)).one()


def proposed(database: Database, by: Viewer, reference: str = DUE) -> None:
    with within(database, by) as session, session.begin():
        propose(session, audit(session, reference), MONTHS, by=by, now=AFTER_A_YEAR)


def deleted(database: Database, ruling: Ruling, cast: Cast, kit: Viewer) -> Any:
    """What Priya proposes and Kit approves."""
    proposed(database, cast["Priya"])
    with within(database, kit) as session, session.begin():
        return approve(session, audit(session), ruling, by=kit, now=AFTER_A_YEAR)


def texts_of_cases(database: Database, audit_id: int | None = None) -> list[str]:
    """Every column in which something of a case stands."""
    return [
        f"{table}.{name}"
        for table, rows in rows_of(database).items()
        for row in rows
        for name, value in row.items()
        if OF_A_CASE in str(value) and audit_id in (None, row.get("audit_id"))
    ]


def test_everything_that_is_said_of_single_cases_goes_and_its_certificate_counts_it(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    """Also on PostgreSQL behind the wall of whoever approves."""
    held = len(texts_of_cases(database))
    certificate = deleted(database, ruling, cast, kit)
    assert certificate.counts == full.counts
    assert len(texts_of_cases(database)) == held / 2, "only the audit on hold has any left"
    assert texts_of_cases(database, full.audit) == []


def test_what_was_never_opened_goes_too_when_an_audit_was_cancelled(
    database: Database, cast: Cast, kit: Viewer, ruling: Ruling
) -> None:
    with database.writing.begin() as session:
        cancelled = full_audit(session, cast, DUE, status=CaseAuditStatus.CANCELLED)
    assert deleted(database, ruling, cast, kit).counts == cancelled.counts
    assert texts_of_cases(database) == []


def test_nothing_else_changes(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    proposed(database, cast["Priya"])
    before = rows_of(database)
    with within(database, kit) as session, session.begin():
        approve(session, audit(session), ruling, by=kit, now=AFTER_A_YEAR)
    after = rows_of(database)
    expected = {
        table: [_as_emptied(table, row, full) for row in rows] for table, rows in before.items()
    }
    for table in before:
        if table in ("events", "event_chain", "case_deletions"):
            continue
        kept = [row for row in expected[table] if row is not None]
        assert after[table] == kept, table
    assert len(after["events"]) == len(before["events"]) + 1


GONE = {
    "sheet_answers": "sheet_id", "case_events": "file_id", "case_views": "file_id",
    "panel_notes": "case_id", "sample_sizes": "audit_id",
}  # fmt: skip
EMPTIED = {
    "case_files": ("conflict", "no_involvement_reason"),
    "audit_cases": ("set_aside_reason",),
    "agreed_grades": ("reasons",),
    "immediate_concerns": ("outcome",),
}


def _as_emptied(table: str, row: dict[str, Any], full: Full) -> dict[str, Any] | None:
    """What is to be left of a row; None where it goes. The audit that is due was made second."""
    ours = {"audit_id": full.audit, "case_id": full.case, "sheet_id": (3, 4), "file_id": (3, 4)}
    owner = next((name for name in ours if name in row), None)
    value = ours.get(owner or "")
    is_ours = row.get(owner) in value if isinstance(value, tuple) else row.get(owner) == value
    if table == "case_files":
        is_ours = row["case_id"] == full.case
    if table == "case_audits" and row["id"] == full.audit:
        return {**row, "emptied_at": AFTER_A_YEAR, "version": row["version"] + 1}
    if not is_ours:
        return row
    if table in GONE or (table == "findings" and row["case_id"]):
        return None
    if table == "recommendations" and row["finding_id"] == 5:  # the finding about one case
        return {**row, "finding_id": None}
    if table == "cohort_entries":
        return {**row, "local_reference": f"gone-{row['id']}", "age_band": "", "team": "",
                "plan_type": ""}  # fmt: skip
    return {**row, **dict.fromkeys(EMPTIED.get(table, ()), DELETED)}


def test_agreed_levels_and_what_the_whole_audit_taught_stay(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    def counted_levels() -> list[Any]:
        with database.reading() as session:
            columns = (AgreedGrade.question_key, AgreedGrade.level, AgreedGrade.rag)
            counts = select(*columns, func.count()).group_by(*columns)
            return [tuple(row) for row in session.execute(counts)]

    before = counted_levels()
    stays = str(rows_of(database)).count(THAT_STAYS)
    deleted(database, ruling, cast, kit)
    assert counted_levels() == before
    assert str(rows_of(database)).count(THAT_STAYS) >= stays


def test_the_certificate_says_who_what_and_when_and_nothing_of_what_it_said(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    certificate = deleted(database, ruling, cast, kit)
    assert (certificate.proposed_by.name, certificate.approved_by.name) == ("Priya", "Kit")
    assert certificate.proposed_by.role == "Partnership manager"
    assert certificate.approved_by.role == "QA subgroup chair"
    assert (certificate.ended_on, certificate.due_on) == ("2025-10-14", "2026-10-14")
    with database.reading() as session:
        stored = session.scalars(select(CaseDeletion)).one()
        (event,) = session.scalars(select(Event).where(Event.kind == "case-data-deleted"))
    assert certificate_from(stored.certificate) == certificate
    assert OF_A_CASE not in stored.certificate
    assert event.detail == {"answers": 2, "texts": 17, "sha256": digest_of(stored.certificate)}
    assert event.partnership_id == cast.partnerships["DOWN"]


def test_nobody_approves_what_they_proposed_themselves(
    database: Database, cast: Cast, full: Full, ruling: Ruling
) -> None:
    proposed(database, cast["Priya"])
    before = rows_of(database)
    with within(database, cast["Priya"]) as session, pytest.raises(RefusedError):
        approve(session, audit(session), ruling, by=cast["Priya"], now=AFTER_A_YEAR)
    assert rows_of(database) == before
    assert not ruling.ledger.path.exists()


@pytest.mark.parametrize("name", ["Mo", "Asif", "Olga", "Cara"])
def test_strangers_neither_propose_nor_approve_nor_hold(
    session: Session, cast: Cast, full: Full, ruling: Ruling, name: str
) -> None:
    by, now = cast[name], AFTER_A_YEAR
    for attempt in (
        lambda: propose(session, audit(session), MONTHS, by=by, now=now),
        lambda: approve(session, audit(session), ruling, by=by, now=now),
        lambda: withdraw(session, audit(session), by=by, now=now),
        lambda: put_on_hold(session, audit(session), "Why", by=by, now=now),
        lambda: end_hold(session, audit(session), by=by, now=now),
    ):
        with pytest.raises(PermissionError):
            attempt()


def test_an_audit_is_neither_proposed_before_its_day_nor_while_it_is_on_hold(
    session: Session, cast: Cast, full: Full
) -> None:
    by = cast["Priya"]
    with pytest.raises(StepNotAllowedError, match="not due"):
        propose(session, audit(session), MONTHS, by=by, now=A_DAY_BEFORE)
    with pytest.raises(StepNotAllowedError, match="on hold"):
        propose(session, audit(session, OTHER), MONTHS, by=by, now=AFTER_A_YEAR)


def test_a_hold_stops_what_was_proposed_and_its_end_does_not_bring_that_back(
    session: Session, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    by, now = cast["Priya"], AFTER_A_YEAR
    propose(session, audit(session), MONTHS, by=by, now=now)
    with pytest.raises(RefusedError):
        put_on_hold(session, audit(session), "  ", by=by, now=now)
    put_on_hold(session, audit(session), "A police investigation", by=by, now=now)
    with pytest.raises(StepNotAllowedError, match="on hold"):
        approve(session, audit(session), ruling, by=kit, now=now)
    with pytest.raises(StepNotAllowedError):
        put_on_hold(session, audit(session), "Again", by=by, now=now)
    end_hold(session, audit(session), by=kit, now=now)
    with pytest.raises(StepNotAllowedError, match="No proposal"):
        approve(session, audit(session), ruling, by=kit, now=now)
    kinds = session.scalars(select(Event.kind).order_by(Event.id)).all()
    assert kinds[-2:] == ["case-data-put-on-hold", "case-data-hold-ended"]
    assert "investigation" not in str(session.scalars(select(Event.detail)).all())


def test_while_a_concern_is_open_a_deletion_is_neither_proposed_nor_approved(
    session: Session, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    by, now = cast["Priya"], AFTER_A_YEAR
    first, *_ = of_audit(session, full.audit)
    first.closed_at = None
    session.flush()
    with pytest.raises(StepNotAllowedError, match="immediate concern about a child is still open"):
        propose(session, audit(session), MONTHS, by=by, now=now)
    first.closed_at = now
    session.flush()
    propose(session, audit(session), MONTHS, by=by, now=now)
    first.closed_at = None
    session.flush()
    with pytest.raises(StepNotAllowedError, match="so nothing of it is deleted"):
        approve(session, audit(session), ruling, by=kit, now=now)
    assert audit(session).emptied_at is None
    assert not ruling.ledger.path.exists()


def test_a_concern_of_another_audit_stops_nothing(session: Session, cast: Cast, full: Full) -> None:
    for concern in of_audit(session, audit(session, OTHER).id):
        concern.closed_at = None
    session.flush()
    assert propose(session, audit(session), MONTHS, by=cast["Priya"], now=AFTER_A_YEAR).id


def of_audit(session: Session, audit_id: int) -> list[ImmediateConcern]:
    files = select(CaseFile.id).join(CaseFile.case).where(AuditCase.audit_id == audit_id)
    found = select(ImmediateConcern).where(ImmediateConcern.file_id.in_(files))
    return list(session.scalars(found.order_by(ImmediateConcern.id)))


def test_everybody_else_who_may_approve_is_told_and_nothing_of_what_is_held(
    session: Session, cast: Cast, kit: Viewer, full: Full
) -> None:
    link = "https://audit.example/case-audits/MA-25-01/retention"
    propose(session, audit(session), MONTHS, by=cast["Priya"], now=AFTER_A_YEAR, link=link)
    (mail,) = session.scalars(select(OutgoingMail)).all()
    assert (mail.recipient, mail.kind) == ("kit@example.org", "case-deletion-proposed")
    assert link in mail.text
    for text in (mail.subject, mail.text):
        assert DUE in text
        assert not [one for one in (OF_A_CASE, THAT_STAYS, "Help", "Priya", "-C1") if one in text]


def test_a_proposal_that_was_taken_back_cannot_be_approved(
    session: Session, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    by, now = cast["Priya"], AFTER_A_YEAR
    propose(session, audit(session), MONTHS, by=by, now=now)
    with pytest.raises(StepNotAllowedError, match="already"):
        propose(session, audit(session), MONTHS, by=kit, now=now)
    withdraw(session, audit(session), by=kit, now=now)
    with pytest.raises(StepNotAllowedError):
        withdraw(session, audit(session), by=kit, now=now)
    with pytest.raises(StepNotAllowedError, match="No proposal"):
        approve(session, audit(session), ruling, by=kit, now=now)


def test_of_two_who_approve_at_the_same_moment_one_does(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling
) -> None:
    with database.writing.begin() as session:
        others = [kit, join(session, "Max", (Role.MANAGER, "DOWN"))]
    proposed(database, cast["Priya"])
    together = Barrier(2)

    def tries(by: Viewer) -> str:
        with within(database, by) as session:
            together.wait()
            try:
                with session.begin():
                    approve(session, audit(session), ruling, by=by, now=AFTER_A_YEAR)
            except StepNotAllowedError:
                return "too late"
        return "done"

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(tries, others)) == ["done", "too late"]
    assert len(ruling.ledger.lines()) == 1


# Hypothesis adds the time zone itself.
FIRST, LAST = datetime(2024, 1, 28), datetime(2025, 12, 31)  # noqa: DTZ001
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
AUDITS = st.lists(
    st.tuples(MOMENTS, st.sampled_from(CaseAuditStatus), st.booleans()), min_size=1, max_size=5
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(AUDITS, st.dates(date(2025, 1, 1), date(2027, 3, 1)))
def test_the_list_names_exactly_those_that_are_due(
    database: Database, cast: Cast, made: list[tuple[datetime, CaseAuditStatus, bool]], today: date
) -> None:
    with database.writing() as session:
        wanted = set()
        for number, (ended, status, held) in enumerate(made, 1):
            reference = f"MA-24-{number:02}"
            audit_called(session, cast, reference, status=status, ended_at=ended,
                         hold_reason="Why" if held else "")  # fmt: skip
            ended_on = ended.astimezone(LONDON).date()
            is_over = (today.year, today.month, today.day) >= _a_year_on(ended_on)
            if is_over and not held and status in ENDED:
                wanted.add(reference)
        audit_called(session, cast, "FAR-1", home="FAR")
        found = kept_audits(session, MONTHS, today, visible_to=cast["Priya"])
        assert {one.audit.reference for one in found if one.stage is Stage.DUE} == wanted
        session.rollback()


ENDED = {"agreed", "reported", "re-audit-due", "cancelled"}


def _a_year_on(day: date) -> tuple[int, int, int]:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.year + 1, day.month, 28 if is_leap_day else day.day


def test_the_list_counts_what_would_go_also_where_nobody_may_read_it(
    database: Database, cast: Cast
) -> None:
    with database.writing.begin() as session:
        full = full_audit(session, cast, DUE, status=CaseAuditStatus.CANCELLED)
    sessions = database.within(Wall.around(cast["Priya"]))
    with sessions.reading() as session:
        (one,) = kept_audits(session, MONTHS, AFTER_A_YEAR.date(), visible_to=cast["Priya"])
    assert one.counts == full.counts


# The ledger, and backups that bring back what was deleted


@pytest.fixture
def backup(database: Database, full: Full, tmp_path: Path) -> Path:
    """A copy of the database from before anything was deleted, made as deployment.md says."""
    if KIND != "sqlite":
        pytest.skip("pg_dump is PostgreSQL's own")
    path = tmp_path / "backup.sqlite3"
    source = sqlite3.connect(str(make_url(str(database.engine.url)).database))
    with sqlite3.connect(path) as copy:
        source.backup(copy)
    source.close()
    copy.close()
    return path


def test_a_restored_backup_is_emptied_again_and_only_once(
    database: Database, cast: Cast, kit: Viewer, full: Full, ruling: Ruling, backup: Path
) -> None:
    certificate = deleted(database, ruling, cast, kit)
    restored = Database(f"sqlite:///{backup}")
    assert OF_A_CASE in str(texts_rows(restored, full.audit))
    lines = ruling.ledger.lines()
    with restored.writing.begin() as session:
        assert not_done(session, lines) == lines
        (done,) = replay(session, lines, now=AFTER_A_YEAR)
    assert (done.outcome, done.rows) == (Outcome.DELETED_AGAIN, certificate.total)
    first = rows_of(restored)
    for table, rows in rows_of(database).items():
        if table not in ("events", "event_chain", "case_deletions"):
            assert [{**row, "version": 0} for row in first[table]] == [
                {**row, "version": 0} for row in rows
            ], table
    with restored.writing.begin() as session:
        (again,) = replay(session, lines, now=AFTER_A_YEAR)
        kept = session.scalars(select(CaseDeletion)).one()
    assert (again.outcome, again.rows) == (Outcome.DONE_BEFORE, 0)
    assert certificate_from(kept.certificate) == certificate
    assert rows_of(restored) == first
    restored.dispose()


def texts_rows(database: Database, audit_id: int) -> list[dict[str, Any]]:
    return [row for row in rows_of(database)["cohort_entries"] if row["audit_id"] == audit_id]


def test_a_line_about_another_database_or_with_a_false_certificate_deletes_nothing(
    session: Session, cast: Cast, full: Full
) -> None:
    text = canonical({"audit": DUE})
    other = LedgerLine("MA-99-01", full.audit, AFTER_A_YEAR.isoformat(), digest_of(text), text)
    false = replace(other, audit=DUE, certificate_sha256="0" * 64)
    outcomes = [one.outcome for one in replay(session, [other, false], now=AFTER_A_YEAR)]
    assert outcomes == [Outcome.UNKNOWN, Outcome.FALSE]
    assert audit(session).emptied_at is None


def test_what_cannot_be_written_into_the_ledger_is_not_deleted(
    database: Database, cast: Cast, kit: Viewer, full: Full, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    ruling = Ruling(MONTHS, Ledger(tmp_path / "a file" / "ledger"))
    proposed(database, cast["Priya"])
    before = rows_of(database)
    with within(database, kit) as session, pytest.raises(LedgerError):
        approve(session, audit(session), ruling, by=kit, now=AFTER_A_YEAR)
    assert rows_of(database) == before


def test_a_line_that_was_torn_off_is_no_deletion_and_spoils_none(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "deletions.jsonl")
    line = LedgerLine("MA-25-01", 1, AFTER_A_YEAR.isoformat(), digest_of("{}"), "{}")
    ledger.append(line)
    with ledger.path.open("a") as file:
        file.write(json.dumps(asdict(line))[:20])
    assert ledger.lines() == [line]
    ledger.append(replace(line, audit="MA-25-02"))
    assert [one.audit for one in ledger.lines()] == ["MA-25-01", "MA-25-02"]
    ledger.path.write_text("nonsense\n")
    with pytest.raises(LedgerError, match="line 1"):
        ledger.lines()


def test_nothing_of_a_case_is_left_in_the_file_of_the_database(
    database: Database, cast: Cast, kit: Viewer, ruling: Ruling
) -> None:
    """Not in pages that are free, either."""
    if KIND != "sqlite":
        pytest.skip("PostgreSQL overwrites when it vacuums: see docs/guides/retention.md")
    with database.writing.begin() as session:
        full_audit(session, cast, DUE)
    path = Path(str(make_url(str(database.engine.url)).database))
    deleted(database, ruling, cast, kit)
    database.dispose()
    assert OF_A_CASE.encode() not in path.read_bytes()


def test_holdings_name_every_kind_once() -> None:
    assert [holding.kind for holding in HOLDINGS] == list(Held)
