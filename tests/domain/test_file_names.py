"""Names of files: what is shown of them, and which are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from s11audit.domain.file_names import (
    LONGEST_NAME,
    clean_name,
    ending_of,
    hides_an_ending,
    size_in_words,
)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Safeguarding policy (v2).pdf", "Safeguarding policy (v2).pdf"),
        ("Plänę – Łódź.docx", "Plänę – Łódź.docx"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Asif\\policy.pdf", "policy.pdf"),
        ("poli\0cy\r\n.pdf", "policy.pdf"),
        ("annual\u202efdp.exe", "annualfdp.exe"),
        ("  two   spaces .pdf ", "two spaces .pdf"),
        ("cafe\u0301.txt", "caf\u00e9.txt"),
        ("\u200b\u2066", "File"),
        ("", "File"),
    ],
)
def test_a_name_is_shown_as_typed_without_what_leads_elsewhere_or_cannot_be_seen(
    typed: str, shown: str
) -> None:
    assert clean_name(typed) == shown


def test_a_name_that_is_too_long_keeps_its_ending() -> None:
    name = clean_name("Minutes " * 40 + ".docx")
    assert len(name) == LONGEST_NAME
    assert name.startswith("Minutes Minutes")
    assert name.endswith("….docx")


@given(st.text(max_size=400))
def test_whatever_is_typed_fits_and_stays_as_it_is_once_cleaned(typed: str) -> None:
    name = clean_name(typed)
    assert 0 < len(name) <= LONGEST_NAME
    assert clean_name(name) == name


@pytest.mark.parametrize(
    ("name", "ending"), [("A.PDF", ".pdf"), ("a.tar.gz", ".gz"), ("README", ""), (".csv", "")]
)
def test_the_ending_is_what_comes_last(name: str, ending: str) -> None:
    assert ending_of(name) == ending


@pytest.mark.parametrize("name", ["a.exe.pdf", "a.JS.pdf", "report.docm.docx", "a.bat .txt"])
def test_a_name_that_is_a_programs_but_for_its_last_ending_is_told(name: str) -> None:
    assert hides_an_ending(name)


@pytest.mark.parametrize("name", ["policy v1.2.pdf", "report 3.3.2026.docx", "exe.pdf", "a.pdf"])
def test_dots_in_a_name_do_no_harm(name: str) -> None:
    assert not hides_an_ending(name)


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 kB"), (340_400, "340 kB"), (1_234_567, "1.2 MB")]
)
def test_sizes_are_told_as_people_read_them(size: int, words: str) -> None:
    assert size_in_words(size) == words.replace(" ", "\N{NO-BREAK SPACE}")
