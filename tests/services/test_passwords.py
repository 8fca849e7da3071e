"""What makes a password one that nobody else finds."""

from __future__ import annotations

import pytest

from s11audit.services.passwords import (
    LONGEST_PASSWORD,
    WHAT_TO_DO,
    hash_password,
    made_up_password,
    password_fits,
    what_is_wrong_with,
)
from tests.cast import PASSWORD


def fault_of(password: str) -> str:
    return what_is_wrong_with(password, "Asif Example", "asif@example.org")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "twelve chars",
        "seven otters count umbrellas",
        "three otters on a raft",
        "lantern-orchard-pebble-train",
        "Tri slova a křeček",
        "три слова и хомяк",
        "x9#Qv!e7Tz$4",
        "pan zebra moss kettle " * 9,
    ],
)
def test_length_is_enough_and_no_kind_of_character_is_asked_for(password: str) -> None:
    assert fault_of(password) == ""


@pytest.mark.parametrize("length", [0, 11, LONGEST_PASSWORD + 1])
def test_a_password_too_short_or_too_long_is_refused_with_the_number(length: int) -> None:
    assert "characters or" in fault_of(("kettle moss zebra " * 12)[:length])


@pytest.mark.parametrize(
    "stolen", ["qwerty123456", "1QAZ2wsx3edc", "Finalfantasy", "123456789qwe", "JustinBieber"]
)
def test_what_break_ins_have_published_is_refused_however_it_is_written(stolen: str) -> None:
    fault = fault_of(stolen)
    assert fault.startswith("Many people use that password")
    assert fault.endswith(WHAT_TO_DO)


@pytest.mark.parametrize(
    "guessable",
    [
        "aaaaaaaaaaaaaaa",
        "abcabcabcabc",
        "passwordpassword",
        "Password1234!",
        "P@ssw0rd1234",
        "letmeinletmein",
        "safeguarding2026",
        "s11audits11audit",
        "1" * LONGEST_PASSWORD,
    ],
)
def test_what_programs_guess_first_is_refused_and_told_what_to_do(guessable: str) -> None:
    fault = fault_of(guessable)
    assert fault.startswith("That password is too easy to guess")
    assert fault.endswith(WHAT_TO_DO)


@pytest.mark.parametrize(
    "password", ["quillfeatherstone", "quill.featherstone", "Featherstone1999", "elmrowschool-2026"]
)
def test_a_persons_own_name_and_address_make_a_poor_password_for_them_alone(password: str) -> None:
    fault = what_is_wrong_with(
        password, "Quill Featherstone", "quill.featherstone@elmrowschool.example.org"
    )
    assert fault.startswith("That password is too easy to guess")
    assert what_is_wrong_with("seven otters count umbrellas", "Quill Featherstone", "q@e.org") == ""


def test_one_persons_words_are_forgotten_before_the_next_is_judged() -> None:
    assert what_is_wrong_with("zyxolotlflumph", "Zyxolotl Flumph", "z@example.org")
    assert what_is_wrong_with("zyxolotlflumph", "Bea Example", "b@example.org") == ""


def test_a_made_up_password_is_one_that_would_be_accepted() -> None:
    made = {made_up_password() for _ in range(50)}
    assert len(made) == 50
    assert {fault_of(password) for password in made} == {""}


def test_a_password_fits_itself_alone_however_a_keyboard_composes_it() -> None:
    kept = hash_password("caf\u00e9 and three otters")
    assert kept.startswith("$argon2id$")
    assert password_fits(kept, "cafe\u0301 and three otters")
    assert not password_fits(kept, "cafe and three otters")


def test_somebody_who_never_set_a_password_has_none_that_fits() -> None:
    assert not password_fits("", "")
    assert not password_fits(None, "")
    assert not password_fits("", "cafe and three otters")


def test_each_check_runs_the_slow_hash_once_whoever_it_is_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What takes time is the library's; how often it runs is the same for everybody."""
    from argon2 import _password_hasher

    slow, runs = _password_hasher.verify_secret, []

    def counted(*arguments: object) -> object:
        runs.append(arguments)
        return slow(*arguments)  # type: ignore[arg-type]

    kept = hash_password(PASSWORD)
    monkeypatch.setattr(_password_hasher, "verify_secret", counted)
    for password_hash in (kept, None, ""):
        runs.clear()
        assert not password_fits(password_hash, "not the password")
        assert len(runs) == 1, password_hash
