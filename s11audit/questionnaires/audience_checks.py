"""Who is asked: agency types, attributes and partnerships, named once and spelt right."""

from __future__ import annotations

from collections.abc import Mapping

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.questionnaires.faults import FaultCollector, nearest, quote
from s11audit.questionnaires.parts import Part
from s11audit.questionnaires.schema import QuestionPart, StandardPart

MOST_NAMED = 100


def add_audience_faults(
    part: Part[StandardPart] | Part[QuestionPart], faults: FaultCollector
) -> None:
    """Add what is wrong with `for`, `with` and `in` of a standard or a question."""
    _add_list_faults(part, "for", part.values.for_, "agency type", AGENCY_TYPE_LABELS, faults)
    _add_list_faults(part, "with", part.values.with_, "attribute", AGENCY_ATTRIBUTE_LABELS, faults)
    _add_list_faults(part, "in", part.values.in_, "partnership", {}, faults)


def _add_list_faults(
    part: Part[StandardPart] | Part[QuestionPart],
    key: str,
    named: list[str] | None,
    called: str,
    known: Mapping[str, str],
    faults: FaultCollector,
) -> None:
    if named is None:
        return
    if not named:
        faults.add(part.line(key), f"{quote(key)} names nobody; leave it out if everybody is asked")
    if len(named) > MOST_NAMED:
        faults.add(part.line(key), f"{quote(key)} can name {MOST_NAMED} at most")
        return
    for index, code in enumerate(named):
        line = part.line(key, index)
        if code in named[:index]:
            faults.add(line, f"{called} {quote(code)} is named twice")
        elif meant := misspelt(code, known):
            faults.add(line, f"unknown {called} {quote(code)}: did you mean {quote(meant)}?")


def misspelt(code: str, known: Mapping[str, str]) -> str:
    """The known code that was probably meant, or "" for a known or a wholly new one."""
    return "" if code in known else nearest(code, known, closeness=0.8)
