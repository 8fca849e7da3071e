"""What is done about what was found."""

from __future__ import annotations

import pytest

from s11audit.domain.guard import Certainty, Hit, Kind
from s11audit.domain.guard.policy import (
    PLACE_LABELS,
    POLICY,
    REASON_LABELS,
    RESPONSE_LABELS,
    Place,
    Reason,
    Response,
    response_to,
)


def hit(kind: Kind, certainty: Certainty) -> Hit:
    return Hit(kind, 0, 1, certainty)


def test_every_place_answers_for_every_kind_and_everything_has_words() -> None:
    assert set(POLICY) == set(Place) == set(PLACE_LABELS)
    assert all(set(row) == set(Kind) for row in POLICY.values())
    assert set(RESPONSE_LABELS) == set(Response)
    assert set(REASON_LABELS) == set(Reason)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("kind", Kind)
def test_what_is_merely_possible_interrupts_nobody(place: Place, kind: Kind) -> None:
    assert response_to(hit(kind, Certainty.POSSIBLE), place) is Response.NOTHING


@pytest.mark.parametrize("kind", [Kind.NHS_NUMBER, Kind.EMAIL])
def test_case_audits_store_no_nhs_number_and_no_email_address(kind: Kind) -> None:
    assert response_to(hit(kind, Certainty.CERTAIN), Place.CASE_AUDITS) is Response.BLOCK
    assert response_to(hit(kind, Certainty.LIKELY), Place.CASE_AUDITS) is Response.CONFIRM


@pytest.mark.parametrize("kind", set(Kind) - {Kind.NHS_NUMBER, Kind.EMAIL})
def test_everything_else_is_confirmed_in_case_audits(kind: Kind) -> None:
    assert response_to(hit(kind, Certainty.CERTAIN), Place.CASE_AUDITS) is Response.CONFIRM


@pytest.mark.parametrize("kind", Kind)
def test_answers_of_returns_are_never_held_up(kind: Kind) -> None:
    assert response_to(hit(kind, Certainty.CERTAIN), Place.RETURNS) is Response.WARN
