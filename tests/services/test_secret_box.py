"""What is encrypted can be read by nobody else, for nothing else, and not changed."""

from __future__ import annotations

import time

import pytest

from s11audit.services.secret_box import BrokenSealError, SecretBox

BOX = SecretBox("a secret of this installation, long enough")
TEXT = "JBSWY3DPEHPK3PXP – naïve “text”"


def test_what_was_closed_opens_again_for_the_same_purpose() -> None:
    sealed = BOX.close(TEXT, "app secret")

    assert TEXT not in sealed
    assert BOX.open(sealed, "app secret") == TEXT


def test_another_installation_opens_nothing() -> None:
    sealed = BOX.close(TEXT, "app secret")

    with pytest.raises(BrokenSealError):
        SecretBox("another secret, which is as long as that").open(sealed, "app secret")


def test_what_was_closed_for_one_purpose_does_not_open_for_another() -> None:
    sealed = BOX.close(TEXT, "app secret")

    with pytest.raises(BrokenSealError):
        BOX.open(sealed, "parked form")


@pytest.mark.parametrize("changed", ["", "x", "not ASCII: é", "gAAAAA=="])
def test_what_nobody_closed_does_not_open(changed: str) -> None:
    with pytest.raises(BrokenSealError):
        BOX.open(changed, "app secret")


def test_one_changed_character_breaks_the_seal() -> None:
    sealed = BOX.close(TEXT, "app secret")
    changed = sealed[:40] + ("A" if sealed[40] != "A" else "B") + sealed[41:]

    with pytest.raises(BrokenSealError):
        BOX.open(changed, "app secret")


def test_a_seal_grows_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = BOX.close(TEXT, "app secret")
    assert BOX.open(sealed, "app secret", within_seconds=60) == TEXT

    a_minute_later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: a_minute_later)

    with pytest.raises(BrokenSealError):
        BOX.open(sealed, "app secret", within_seconds=60)
