"""Files that support answers, as they leave: under names of ours, and never as a page."""

from __future__ import annotations

import hashlib
import logging
from pathlib import PurePath

from flask import make_response
from werkzeug.wrappers import Response

from s11audit.domain.file_names import ending_of
from s11audit.models import AgencyReturn, EvidenceFile
from s11audit.services.evidence_store import StoreError
from s11audit.web.downloads import download, safe_name
from s11audit.web.errors import Problem, problem_page
from s11audit.web.evidence_intake import evidence_store

logger = logging.getLogger(__name__)

LONGEST_STEM = 60
NOT_THERE = Problem(
    "We cannot open this file just now",
    (
        "The place where files are kept does not answer, or has lost it.",
        "Try again in a few minutes. If it goes on, tell your partnership manager.",
    ),
)


def download_evidence(file: EvidenceFile, agency_return: AgencyReturn) -> Response:
    """A file of this return's agency; whoever calls has checked that it may leave."""
    try:
        raw = _whole(file)
    except StoreError as error:
        logger.error("Could not give file %d: %s", file.id, error)
        return make_response(problem_page(NOT_THERE, 503))
    about = f"return {agency_return.reference}"
    name = _own_name(file, agency_return)
    return download(raw, file.media_type, name, about=about, of=agency_return)


def _whole(file: EvidenceFile) -> bytes:
    """The content, which is what it was: a fault of the store is told before anything leaves."""
    with evidence_store().open(file.sha256) as content:
        raw = content.read()
    if hashlib.sha256(raw).hexdigest() != file.sha256:
        raise StoreError(f"{file.sha256} is not what it was")
    return raw


def _own_name(file: EvidenceFile, agency_return: AgencyReturn) -> str:
    """`R1-POL-12-Safeguarding-policy.pdf`: plain, with one ending, that of its content."""
    stem = safe_name(PurePath(file.name).stem.replace(".", "-"))[:LONGEST_STEM]
    return f"{agency_return.reference}-{file.id}-{stem}{ending_of(file.name)}"
