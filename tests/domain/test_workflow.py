from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from s11audit.domain.actions import ACTION_STATUS_LABELS, ACTION_STEPS, ActionStatus
from s11audit.domain.actions import is_overdue as action_is_overdue
from s11audit.domain.steps import Step, StepNotAllowedError, step_named, steps_from
from s11audit.domain.workflow import (
    EDITABLE_STATUSES,
    RETURN_STATUS_LABELS,
    RETURN_STEPS,
    RETURNED_STATUSES,
    ROUND_STATUS_LABELS,
    ROUND_STEPS,
    ReturnStatus,
    RoundStatus,
    is_overdue,
)

LIFECYCLES: list[tuple[Sequence[Step[Any]], type[StrEnum], StrEnum]] = [
    (ROUND_STEPS, RoundStatus, RoundStatus.DRAFT),
    (RETURN_STEPS, ReturnStatus, ReturnStatus.NOT_STARTED),
    (ACTION_STEPS, ActionStatus, ActionStatus.OPEN),
]
DAY_BEFORE, DUE, DAY_AFTER = date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(("steps", "statuses", "first"), LIFECYCLES)
def test_every_status_can_be_reached(
    steps: Sequence[Step[Any]], statuses: type[StrEnum], first: StrEnum
) -> None:
    reached = {first}
    for _ in statuses:
        reached |= {step.target for status in reached for step in steps_from(steps, status)}
    assert reached == set(statuses)


@pytest.mark.parametrize(("steps", "statuses", "first"), LIFECYCLES)
def test_a_step_is_found_from_its_sources_and_refused_from_everywhere_else(
    steps: Sequence[Step[Any]], statuses: type[StrEnum], first: StrEnum
) -> None:
    for step in steps:
        for status in statuses:
            if status in step.sources:
                assert step_named(steps, step.name, status) is step
            else:
                with pytest.raises(StepNotAllowedError, match="is not possible while"):
                    step_named(steps, step.name, status)


@pytest.mark.parametrize(("steps", "statuses", "first"), LIFECYCLES)
def test_step_names_buttons_and_events_are_told_apart(
    steps: Sequence[Step[Any]], statuses: type[StrEnum], first: StrEnum
) -> None:
    for words in ({s.name for s in steps}, {s.button for s in steps}, {s.event for s in steps}):
        assert len(words) == len(steps)


def test_a_step_that_does_not_exist_is_refused() -> None:
    with pytest.raises(StepNotAllowedError):
        step_named(RETURN_STEPS, "publish", ReturnStatus.IN_PROGRESS)


def test_a_submitted_return_can_only_be_sent_back_or_moderated() -> None:
    names = [step.name for step in steps_from(RETURN_STEPS, ReturnStatus.SUBMITTED)]
    assert names == ["send-back", "moderate"]
    assert step_named(RETURN_STEPS, "send-back", ReturnStatus.SUBMITTED).needs_reason


def test_no_return_can_be_edited_once_scrutiny_may_read_it() -> None:
    assert not RETURNED_STATUSES & EDITABLE_STATUSES


def test_a_verified_action_is_only_ever_reopened() -> None:
    assert [step.name for step in steps_from(ACTION_STEPS, ActionStatus.VERIFIED)] == ["reopen"]


def test_every_status_has_a_label() -> None:
    assert set(ROUND_STATUS_LABELS) == set(RoundStatus)
    assert set(RETURN_STATUS_LABELS) == set(ReturnStatus)
    assert set(ACTION_STATUS_LABELS) == set(ActionStatus)


def test_a_return_is_overdue_from_the_day_after_it_was_due() -> None:
    assert not is_overdue(ReturnStatus.IN_PROGRESS, DUE, DUE)
    assert is_overdue(ReturnStatus.IN_PROGRESS, DUE, DAY_AFTER)
    assert is_overdue(ReturnStatus.AWAITING_SIGN_OFF, DUE, DAY_AFTER)
    assert not is_overdue(ReturnStatus.IN_PROGRESS, None, DAY_AFTER)


@pytest.mark.parametrize("status", sorted(RETURNED_STATUSES | {ReturnStatus.EXEMPT}))
def test_a_return_that_came_in_or_need_not_come_is_never_overdue(status: ReturnStatus) -> None:
    assert not is_overdue(status, DUE, DAY_AFTER)


def test_an_action_is_overdue_until_somebody_claims_it_complete() -> None:
    assert action_is_overdue(ActionStatus.REOPENED, DUE, DAY_AFTER)
    assert not action_is_overdue(ActionStatus.OPEN, DUE, DUE)
    assert not action_is_overdue(ActionStatus.CLAIMED_COMPLETE, DUE, DAY_AFTER)
    assert not action_is_overdue(ActionStatus.OPEN, None, DAY_AFTER)
