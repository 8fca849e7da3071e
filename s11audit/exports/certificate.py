"""The certificate of a deletion, to be kept with other papers: as plain text, and as one page.

The page is set as a learning briefing is, in `briefing_document.py` and `briefing_pdf.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from s11audit.domain.briefings import Block
from s11audit.domain.dates import long_date, long_time
from s11audit.domain.retention import HELD_LABELS, Certificate, Held, Signer
from s11audit.exports.briefing import BriefingCopy, BriefingSection

NOTHING_OF_IT = "It says what was deleted, when and by whose order, and nothing of what it said."
Lines = list[tuple[str, str]]


def certificate_parts(certificate: Certificate) -> Iterator[tuple[str, Lines]]:
    """What it says: parts with a heading, each of pairs of a label and a text."""
    ended, due = (date.fromisoformat(one) for one in (certificate.ended_on, certificate.due_on))
    yield (
        "Which audit",
        [
            ("Partnership", certificate.partnership),
            ("Case audit", f"{certificate.audit}, {certificate.title}"),
            ("Ended on", long_date(ended)),
            ("Due for deletion", f"{long_date(due)}, after {certificate.months} months"),
        ],
    )
    yield (
        "By whose order",
        [
            ("Proposed by", _signed(certificate.proposed_by)),
            ("Approved by", _signed(certificate.approved_by)),
            ("Deleted", long_time(datetime.fromisoformat(certificate.deleted_at))),
        ],
    )
    counts = [(HELD_LABELS[Held(kind)], str(number)) for kind, number in certificate.counts.items()]
    yield (
        "What was deleted",
        [
            *counts,
            ("Altogether", str(certificate.total)),
            ("Fingerprint of the list of rows (SHA-256)", certificate.rows_sha256),
        ],
    )


def certificate_lines(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """The same without headings."""
    for _, lines in certificate_parts(certificate):
        yield from lines


def certificate_text(certificate: Certificate, sha256: str) -> bytes:
    """The certificate on lines of its own, UTF-8."""
    lines = [f"{label}: {text}" for label, text in certificate_lines(certificate)]
    title = _title(certificate)
    whole = [title, "=" * len(title), "", *lines, "", f"Fingerprint of this certificate: {sha256}"]
    return "\n".join([*whole, ""]).encode()


def certificate_page(certificate: Certificate, sha256: str) -> BriefingCopy:
    """The certificate as one page, for a document or paper."""
    fingerprint = ("SHA-256 of its JSON, byte for byte", sha256)
    parts = [*certificate_parts(certificate), ("Fingerprint of this certificate", [fingerprint])]
    sections = (
        BriefingSection(heading, tuple(Block(f"{label}: {text}", True) for label, text in lines))
        for heading, lines in parts
    )
    return BriefingCopy(
        reference=certificate.audit,
        title=_title(certificate),
        subtitle=NOTHING_OF_IT,
        sections=tuple(sections),
        footer=(certificate.partnership,),
        author=certificate.partnership,
    )


def _title(certificate: Certificate) -> str:
    return f"Certificate of deletion {certificate.audit}"


def _signed(signer: Signer | None) -> str:
    if signer is None:
        return "Not known"
    role = f", {signer.role}" if signer.role else ""
    return f"{signer.name}{role}, {long_time(datetime.fromisoformat(signer.at))}"
