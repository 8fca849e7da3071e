"""Reminders of files on cases: to whom, when, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from s11audit.models import CaseFile, OutgoingMail
from s11audit.models.database import Database
from s11audit.services.case_reminding import remind_of_case_files
from tests.case_audits import MORNING, Audited, audit_with_files
from tests.cast import Cast

DUE = date(2026, 6, 1)
LINK = "https://audit.example/case-files"


@pytest.fixture
def audited(database: Database, cast: Cast) -> Audited:
    with database.writing.begin() as session:
        return audit_with_files(session, cast)


def remind(database: Database, days_before: int) -> int:
    today = DUE - timedelta(days=days_before)
    now = datetime(today.year, today.month, today.day, 9, tzinfo=UTC)
    with database.writing.begin() as session:
        return remind_of_case_files(session, LINK, today=today, now=now)


def test_auditors_are_told_a_week_and_a_day_before_and_once_each(
    database: Database, audited: Audited
) -> None:
    assert remind(database, 8) == 0
    assert [remind(database, 7) for _ in range(2)] == [2, 0]
    assert remind(database, 3) == 0
    assert [remind(database, 1), remind(database, 0), remind(database, -1)] == [2, 0, 0]
    with database.reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
    assert {one.recipient for one in mails} == {"silas@example.org", "nell@example.org"}
    assert all("MA-26-01" in one.text and "-C1" not in one.text for one in mails)


def test_a_lead_is_told_where_nobody_audits_and_nobody_of_what_is_done(
    database: Database, audited: Audited
) -> None:
    with database.writing.begin() as session:
        for case in ("C1", "C2"):
            session.get_one(CaseFile, audited.files[case, "POL"]).auditor_id = None
            done = session.get_one(CaseFile, audited.files[case, "HOSP"])
            done.sheet.finished_at = MORNING
    assert remind(database, 7) == 1
    with database.reading() as session:
        assert session.scalars(select(OutgoingMail.recipient)).all() == ["asif@example.org"]
