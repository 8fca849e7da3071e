"""Joint assessments: setting them up, rating apart, comparing, agreeing, and what follows."""

from __future__ import annotations

from s11audit.web.assessments import (
    agreeing,
    assessors,
    comparing,
    details,
    rating,
    showing,
    workbook,
)
from s11audit.web.assessments.pages import blueprint

__all__ = [
    "agreeing",
    "assessors",
    "blueprint",
    "comparing",
    "details",
    "rating",
    "showing",
    "workbook",
]
