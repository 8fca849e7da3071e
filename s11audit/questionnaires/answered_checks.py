"""What the keys of one type must agree on, in a question and in a column of a table alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction

from s11audit.domain.answers import TEXT_LIMIT
from s11audit.domain.question_types import QUESTION_TYPES, DateType
from s11audit.questionnaires.faults import FaultCollector, quote, repeated
from s11audit.questionnaires.parts import Part
from s11audit.questionnaires.schema import ColumnPart, QuestionPart

MOST_DECIMALS = 6

Answered = Part[QuestionPart] | Part[ColumnPart]


def add_keys_of_others(
    answered: Answered, type_names: Sequence[str], faults: FaultCollector
) -> None:
    """Add a fault for each key that only other types (among those named) understand."""
    type_name = answered.values.type
    for key in answered.section:
        owners = [name for name in type_names if key in QUESTION_TYPES[name].keys]
        if owners and type_name not in owners:
            faults.add(
                answered.line(key),
                f"{quote(key)} belongs to {' and '.join(owners)} questions, not to {type_name}",
            )


def add_type_faults(answered: Answered, faults: FaultCollector) -> None:
    """Add what is wrong with the values of a type's own keys."""
    check = _CHECKS.get(answered.values.type)
    if check:
        check(answered, faults)


def identifies_somebody(answered: Answered) -> bool:
    """Whether an answer could be a name or a date of birth."""
    return answered.values.type in ("short-text", "date")


def add_repeated_names(
    answered: Answered,
    key: str,
    named: str,
    names: Sequence[tuple[str, str]],
    faults: FaultCollector,
) -> None:
    """Add a fault for each id and label, of those listed under `key`, that was there before."""
    for at, of_part in enumerate(("id", "label")):
        placed = (
            (name[at], answered.line(key, index, of_part)) for index, name in enumerate(names)
        )
        for line, word, first in repeated(placed):
            faults.add(
                line, f"{named} {of_part} {quote(word)} is here twice: line {first} has it already"
            )


def _add_choice_faults(answered: Answered, faults: FaultCollector) -> None:
    if "options" in answered.broken:
        return
    options, type_name = answered.values.options, answered.values.type
    if len(options) < 2:
        faults.add(answered.line("options"), f"a {type_name} question needs two options or more")
    names = [(option.id, option.label) for option in options]
    add_repeated_names(answered, "options", "option", names, faults)
    for index, option in enumerate(options):
        if option.alone == "yes" and type_name != "multiple-choice":
            faults.add(
                answered.line("options", index, "alone"),
                "“alone” is for multiple-choice; only one option of a choice is chosen anyway",
            )


def _add_number_faults(answered: Answered, faults: FaultCollector) -> None:
    values = answered.values
    ends = (values.min, values.max)
    if values.min and values.max and Fraction(values.min) > Fraction(values.max):
        faults.add(answered.line("min"), "min ({}) is above max ({}); swap them".format(*ends))
    if values.type == "money":
        if values.decimals not in ("", "0", "2"):
            faults.add(answered.line("decimals"), "money has decimals: 2 (pence) or 0 (pounds)")
        if values.max and not values.min and Fraction(values.max) < 0:
            faults.add(answered.line("max"), "max is below 0, where money begins; give a min too")
    elif int(values.decimals or 0) > MOST_DECIMALS:
        faults.add(answered.line("decimals"), f"decimals can be {MOST_DECIMALS} at the most")


def _add_percentage_faults(answered: Answered, faults: FaultCollector) -> None:
    for key, what in (("numerator", "part"), ("denominator", "whole")):
        if not answered.has(key):
            faults.add(
                answered.line("type"),
                f"a percentage needs the key {quote(key)}: what the number of the {what} is called",
            )


def _add_date_faults(answered: Answered, faults: FaultCollector) -> None:
    date_type = QUESTION_TYPES[answered.values.type]
    assert isinstance(date_type, DateType)  # noqa: S101 (tells mypy)
    like = "a month like 2026-03" if date_type.name == "month" else "a date like 2026-03-31"
    limits: dict[str, date] = {}
    for key in ("earliest", "latest"):
        written = getattr(answered.values, key)
        if not written or written == "today":
            continue
        day = date_type.day(written)
        if day and date_type.stored(day) == written:
            limits[key] = day
        else:
            faults.add(
                answered.line(key),
                f"{quote(key)} cannot be {quote(written)}: write {like}, or today",
            )
    if len(limits) == 2 and limits["earliest"] > limits["latest"]:
        faults.add(answered.line("earliest"), "earliest is after latest; swap them")


def _add_text_faults(answered: Answered, faults: FaultCollector) -> None:
    written = answered.values.max_length
    if written and not 1 <= int(written) <= TEXT_LIMIT:
        faults.add(answered.line("max-length"), f"max-length can be 1 to {TEXT_LIMIT:,}")


_CHECKS: dict[str, Callable[[Answered, FaultCollector], None]] = {
    "choice": _add_choice_faults,
    "multiple-choice": _add_choice_faults,
    "number": _add_number_faults,
    "money": _add_number_faults,
    "percentage": _add_percentage_faults,
    "date": _add_date_faults,
    "month": _add_date_faults,
    "short-text": _add_text_faults,
    "long-text": _add_text_faults,
}
