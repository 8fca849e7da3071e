"""A briefing is one page, whatever it says, and its PDF can be read aloud."""

from __future__ import annotations

import re
import subprocess
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from s11audit.domain.briefings import (
    BRIEFING_BOXES,
    CHARACTERS_A_LINE,
    AuditNumbers,
    Block,
    Link,
    added_to,
    blocks_of,
    cases_named,
    lines_without_link,
    links_of,
    numbers_in_words,
)
from s11audit.domain.cases import BriefingAudience
from s11audit.domain.retention import Certificate, Held, Signer
from s11audit.exports.briefing import briefing_copy, briefing_layout
from s11audit.exports.briefing_document import write_briefing_document
from s11audit.exports.briefing_pdf import size_that_fits, write_pdf
from s11audit.exports.certificate import certificate_lines, certificate_page
from s11audit.models import Briefing, Partnership

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SHORT = {
    "looked_at": "Help for babies under one.\n- 6 cases, with 28 files from 5 agencies",
    "works": "- Gwasanaeth Ieuenctid a Chyfiawnder was told early\n- Poradnia Źródło, Łódź",
    "improve": "- خاندانی خدمات سروس was not asked",
    "do": "- Ask about every adult at home",
    "discuss": "- When did we last ask a father?",
    "links": "Escalation policy https://www.example.org/escalation",
}


def full_of(line: str) -> dict[str, str]:
    """Every box filled to its end with lines like this."""
    texts = {box.name: "\n".join([line[:CHARACTERS_A_LINE]] * box.lines) for box in BRIEFING_BOXES}
    address = "https://example.org/"
    links = line[: CHARACTERS_A_LINE - len(address) - 1].strip("-* ") + " " + address
    return texts | {"links": "\n".join([links] * 5)}


FULL = {
    "words": full_of("- " + "what families told us about help " * 3),
    "one long word": full_of("antidisestablishment" * 9),
    "the widest letters": full_of("W" * 200),
    "Welsh": full_of("Gwasanaethau Cymdeithasol Plant a Theuluoedd Sir Ddinbych " * 2),
    "Urdu": full_of("خاندانی خدمات سروس بچوں کی حفاظت " * 4),
}


def briefing(texts: Mapping[str, str], title: str = "What six families taught us") -> Briefing:
    name = "Downshire Safeguarding Children Partnership"
    return Briefing(
        reference="MA-26-03", title=title, contact="learning@example.org", issued_at=NOON,
        audience=BriefingAudience.RESTRICTED, updated_at=NOON,
        partnership=Partnership(reference="DOWN", name=name), **texts,
    )  # fmt: skip


def pages_in(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def streams_of(pdf: bytes) -> bytes:
    """What is drawn, unpacked."""
    found = []
    for raw in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            continue
    return b"\n".join(found)


def test_a_short_briefing_is_set_as_large_as_the_layout_says() -> None:
    copy = briefing_copy(briefing(SHORT))
    assert size_that_fits(copy, written_at=NOON) == briefing_layout().largest


@pytest.mark.parametrize("what", FULL)
def test_boxes_filled_to_their_end_fit_one_page(what: str) -> None:
    copy = briefing_copy(briefing(FULL[what], title="W" * 100))
    assert size_that_fits(copy, written_at=NOON) >= briefing_layout().smallest
    pdf = write_pdf(copy, written_at=NOON)
    assert pages_in(pdf) == 1


def test_words_that_fill_every_box_are_large_enough_to_read() -> None:
    copy = briefing_copy(briefing(FULL["words"]))
    assert size_that_fits(copy, written_at=NOON) >= 8


def test_the_pdf_tells_what_its_texts_are() -> None:
    pdf = write_pdf(briefing_copy(briefing(SHORT)), written_at=NOON)
    for told in (
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"/Lang",
        b"/DisplayDocTitle true",
        b"/ToUnicode",
    ):
        assert told in pdf
    tags = [found[1].decode() for found in re.finditer(rb"/S\s+/(\w+)", pdf)]
    assert tags.count("H1") == 1
    assert tags.count("H2") == 6
    assert tags.count("LI") == tags.count("LBody") == tags.count("Lbl") == 7
    assert b"(https://www.example.org/escalation)" in pdf
    drawn = streams_of(pdf)
    marks = [int(one) for one in re.findall(rb"/MCID (\d+)", drawn)]
    assert marks == list(range(len(marks)))
    assert drawn.count(b"BDC") + drawn.count(b"BMC") == drawn.count(b"EMC")


def test_the_same_briefing_gives_the_same_file() -> None:
    copy = briefing_copy(briefing(SHORT))
    assert write_pdf(copy, written_at=NOON) == write_pdf(copy, written_at=NOON)


def test_its_footer_says_whose_it_is_whom_to_ask_and_that_it_is_not_for_everybody() -> None:
    held = briefing(SHORT)
    restricted = briefing_copy(held)
    assert restricted.footer[0] == "Downshire Safeguarding Children Partnership"
    assert "learning@example.org" in restricted.footer[1]
    assert "Do not publish" in restricted.footer[2]
    held.audience, held.issued_at = BriefingAudience.PUBLISHED, None
    assert len(briefing_copy(held).footer) == 2
    assert "draft" in briefing_copy(held).subtitle


@pytest.mark.office
@pytest.mark.parametrize("what", ["words", "the widest letters", "Urdu"])
def test_an_office_makes_one_page_of_the_document(tmp_path: Path, what: str) -> None:
    copy = briefing_copy(briefing(FULL[what], title="A title of two lines " * 4))
    document = tmp_path / "briefing.docx"
    document.write_bytes(write_briefing_document(copy, written_at=NOON))
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "pdf:writer_pdf_Export", "--outdir", tmp_path, document],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert pages_in((tmp_path / "briefing.pdf").read_bytes()) == 1


# What boxes hold


def test_lines_become_paragraphs_and_points() -> None:
    text = "Say so:\n- to the child\n* to the family\n• to us\n\n-not a point"
    assert blocks_of(text) == (
        Block("Say so:"), Block("to the child", True), Block("to the family", True),
        Block("to us", True), Block("-not a point"),
    )  # fmt: skip


def test_a_link_is_a_name_and_an_address_on_one_line() -> None:
    text = "- Early help: https://example.org/help\nhttps://example.org\n\nnone"
    assert links_of(text) == (
        Link("Early help", "https://example.org/help"),
        Link("https://example.org", "https://example.org"),
    )
    assert lines_without_link(text) == [4]


HARMLESS = (
    "4 of 6 cases", "in all cases 3 agencies met", "Working Together 2026", "section 47",
    "the 2025-26 audit", "ICO", "COVID-19", "in 12 cases", "Year 6",
)  # fmt: skip


@pytest.mark.parametrize("text", HARMLESS)
def test_what_names_no_case_is_let_through(text: str) -> None:
    assert cases_named(text) == []


@given(st.integers(1, 99), st.integers(1, 9), st.integers(1, 12),
       st.sampled_from(["-", "\u2011", " ", "\u2013", ""]), st.booleans())  # fmt: skip
def test_however_a_case_is_named_it_is_found(
    year: int, audit: int, case: int, dash: str, lower: bool
) -> None:
    reference = dash.join(["MA", f"{year:02}", f"{audit:02}", f"C{case}"])
    reference = reference.lower() if lower else reference
    assert cases_named(f"See {reference}.")
    assert cases_named(f"See {reference[0]}\u200b{reference[1:]}.")


def test_numbers_say_what_they_are_of_and_give_no_share() -> None:
    numbers = AuditNumbers(6, 5, 28, 2, [("Fathers were asked", 4, 6)])
    assert list(numbers_in_words(numbers)) == [
        "- 6 cases, with 28 files from 5 agencies; 2 times an agency had no involvement",
        "- Fathers were asked: 4 of 6",
    ]
    assert "%" not in " ".join(numbers_in_words(replace(numbers, cases=1)))
    first, *_ = numbers_in_words(replace(numbers, unfinished=1, not_involved=0))
    assert first == "- 6 cases, with 28 files from 5 agencies, 1 of them not finished"


@settings(max_examples=30)
@given(st.lists(st.text("ab-", min_size=1, max_size=3), max_size=4), st.text("ab-\n", max_size=9))
def test_points_are_put_in_once(points: list[str], text: str) -> None:
    once = added_to(text, points)
    assert added_to(once, points) == once


# A certificate of deletion is set as a briefing is


def test_a_certificate_is_one_page_that_says_what_its_text_says() -> None:
    counts = {str(kind): 12_345 for kind in Held}
    signer = Signer(1, "Priya " * 12, "Partnership manager", "2026-10-14T09:30:00+00:00")
    days = ("2025-10-14", "2026-10-14")
    held = Certificate("Downshire " * 10, "MA-25-01", "Infants " * 20, *days, 12, counts, "0" * 64,
                       "2026-10-14T09:30:00+00:00", signer, signer)  # fmt: skip
    page = certificate_page(held, "f" * 64)
    said = [block.text for section in page.sections for block in section.blocks]
    assert said[:-1] == [f"{label}: {text}" for label, text in certificate_lines(held)]
    assert said[-1].endswith("f" * 64)
    pdf = write_pdf(page, written_at=NOON)
    assert pages_in(pdf) == 1
    assert size_that_fits(page, written_at=NOON) >= 8
