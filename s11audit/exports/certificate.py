"""The certificate of a deletion as plain text, to be kept with other papers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from s11audit.domain.dates import long_date, long_time
from s11audit.domain.retention import HELD_LABELS, Certificate, Held, Signer


def certificate_lines(certificate: Certificate) -> Iterator[tuple[str, str]]:
    """What it says, as pairs of a label and a text."""
    ended, due = (date.fromisoformat(one) for one in (certificate.ended_on, certificate.due_on))
    yield "Partnership", certificate.partnership
    yield "Case audit", f"{certificate.audit}, {certificate.title}"
    yield "Ended on", long_date(ended)
    yield "Due for deletion", f"{long_date(due)}, after {certificate.months} months"
    for label, signer in (
        ("Proposed by", certificate.proposed_by),
        ("Approved by", certificate.approved_by),
    ):
        yield label, _signed(signer)
    yield "Deleted", long_time(datetime.fromisoformat(certificate.deleted_at))
    for kind, number in certificate.counts.items():
        yield HELD_LABELS[Held(kind)], str(number)
    yield "Altogether", str(certificate.total)
    yield "Fingerprint of the list of rows (SHA-256)", certificate.rows_sha256


def certificate_text(certificate: Certificate, sha256: str) -> bytes:
    """The certificate on lines of its own, UTF-8."""
    lines = [f"{label}: {text}" for label, text in certificate_lines(certificate)]
    title = f"Certificate of deletion {certificate.audit}"
    whole = [title, "=" * len(title), "", *lines, "", f"Fingerprint of this certificate: {sha256}"]
    return "\n".join([*whole, ""]).encode()


def _signed(signer: Signer | None) -> str:
    if signer is None:
        return "Not known"
    role = f", {signer.role}" if signer.role else ""
    return f"{signer.name}{role}, {long_time(datetime.fromisoformat(signer.at))}"
