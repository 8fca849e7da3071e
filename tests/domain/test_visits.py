"""When something is new to somebody, and whether they are still there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from s11audit.domain.visits import HERE_FOR, VISIT_GAP, Visit, first_visit

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_on_a_first_visit_there_is_no_time_before() -> None:
    visit = first_visit(NOON)
    assert visit.new_since(NOON + 5 * MINUTE) is None
    assert visit.looking_again(NOON + 5 * MINUTE).new_since(NOON + 6 * MINUTE) is None


def test_the_next_day_everything_since_the_last_look_is_new() -> None:
    last_look = NOON + 10 * MINUTE
    visit = first_visit(NOON).looking_again(last_look)
    tomorrow = NOON + timedelta(days=1)
    assert visit.new_since(tomorrow) == last_look
    assert visit.looking_again(tomorrow).new_since(tomorrow) == last_look


def test_looks_less_than_half_an_hour_apart_keep_what_is_new_new() -> None:
    before, visit = NOON, first_visit(NOON)
    moment = NOON + VISIT_GAP
    for _ in range(5):
        visit = visit.looking_again(moment)
        assert visit.looked_at == moment
        assert visit.new_since(moment) == before
        moment += VISIT_GAP - MINUTE


def test_a_second_look_within_a_minute_is_not_written_down() -> None:
    visit = first_visit(NOON)
    assert visit.looking_again(NOON + timedelta(seconds=59)) == visit
    assert visit.looking_again(NOON + MINUTE) != visit


def test_an_open_page_shows_that_somebody_is_here_and_not_that_they_saw_anything() -> None:
    open_still = Visit(looked_at=NOON, looked_before_at=None, here_at=NOON + 60 * MINUTE)
    assert open_still.is_here(NOON + 61 * MINUTE)
    assert not open_still.is_here(NOON + 60 * MINUTE + HERE_FOR)
    assert open_still.new_since(NOON + 61 * MINUTE) == NOON
