"""What a question must agree on with its type, its scale, and the questions its condition names."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from s11audit.domain.answers import TEXT_LIMIT
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.questionnaire import ActionRule, EvidenceRule
from s11audit.domain.ratings import Rag
from s11audit.questionnaires.faults import FaultCollector, quote, repeated, suggest
from s11audit.questionnaires.parts import FileParts, Part, QuestionParts, ScaleParts
from s11audit.questionnaires.schema import QuestionPart

MOST_DECIMALS = 6


def _types_of_keys() -> dict[str, list[str]]:
    """Key → the types that alone understand it."""
    types: dict[str, list[str]] = {}
    for question_type in QUESTION_TYPES.values():
        for key in question_type.keys:
            types.setdefault(key, []).append(question_type.name)
    return types


TYPES_OF_KEYS = _types_of_keys()


def add_question_faults(whole: QuestionParts, parts: FileParts, faults: FaultCollector) -> None:
    """Add what is wrong with one question, its condition apart."""
    question = whole.part
    _add_citation_faults(question, faults)
    if not question.has("type") or "type" in question.broken:
        return
    type_name = question.values.type
    if type_name not in QUESTION_TYPES:
        near = suggest(type_name, QUESTION_TYPES)
        faults.add(question.line("type"), f"unknown type {quote(type_name)}: {near}")
        return
    for key in question.section:
        owners = TYPES_OF_KEYS.get(key)
        if owners and type_name not in owners:
            faults.add(
                question.line(key),
                f"{quote(key)} belongs to {' and '.join(owners)} questions, not to {type_name}",
            )
    checks = {
        "rating": _add_rating_faults,
        "choice": _add_choice_faults,
        "number": _add_number_faults,
        "date": _add_date_faults,
        "short-text": _add_text_faults,
        "long-text": _add_text_faults,
    }
    if type_name in checks:
        checks[type_name](question, parts, faults)
    if type_name != "rating":
        _add_rules_without_colours(question, f"a {type_name} question", faults)
    if question.values.was and not parts.head.has("replaces"):
        faults.add(question.line("was"), "“was” needs the top-level key “replaces”")


def _add_citation_faults(question: Part[QuestionPart], faults: FaultCollector) -> None:
    for index, cite in enumerate(question.values.cites):
        if bool(cite.law) == bool(cite.guidance):
            faults.add(question.line("cites", index), "a citation names either law or guidance")


def _add_rating_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    if "scale" in question.broken:
        return
    name = question.values.scale
    if not name:
        near = suggest("", parts.scale_names)
        faults.add(question.line("type"), f"a rating question needs the key “scale”: {near}")
    elif name not in parts.scale_names:
        near = suggest(name, sorted(parts.scale_names))
        faults.add(question.line("scale"), f"unknown scale {quote(name)}: {near}")
    elif (scale := parts.scales.get(name)) and scale.is_whole:
        _add_colour_faults(question, name, scale, faults)


def _add_colour_faults(
    question: Part[QuestionPart], name: str, scale: ScaleParts, faults: FaultCollector
) -> None:
    colours = {level.values.rag for level in scale.levels if level.values.applicable == "yes"}
    if colours <= {None}:
        _add_rules_without_colours(question, f"scale {quote(name)}, which has no rag,", faults)
    if question.values.critical == "yes" and Rag.RED not in colours:
        faults.add(
            question.line("critical"),
            f"this cannot be critical, for it is never red: scale {quote(name)} has no red level",
        )


def _add_rules_without_colours(
    question: Part[QuestionPart], what: str, faults: FaultCollector
) -> None:
    """Rules that wait for a colour, on an answer that never has one."""
    values = question.values
    if values.evidence is EvidenceRule.WHEN_GREEN:
        faults.add(
            question.line("evidence"),
            f"evidence: when-green needs a scale with rag, but this is {what.rstrip(',')}; "
            "use required, optional or none",
        )
    if values.action not in (None, ActionRule.NONE):
        faults.add(
            question.line("action"),
            f"action: {values.action} needs a scale with rag, but this is {what.rstrip(',')}; "
            "use none",
        )


def _add_choice_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    if "options" in question.broken:
        return
    options = question.values.options
    if len(options) < 2:
        faults.add(question.line("options"), "a choice question needs two options or more")
    for key, words in (
        ("id", [option.id for option in options]),
        ("label", [option.label for option in options]),
    ):
        placed = ((word, question.line("options", at, key)) for at, word in enumerate(words))
        for line, word, first in repeated(placed):
            faults.add(
                line, f"option {key} {quote(word)} is here twice: line {first} has it already"
            )


def _add_number_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    values = question.values
    ends = (values.min, values.max)
    if values.min and values.max and Fraction(values.min) > Fraction(values.max):
        faults.add(question.line("min"), "min ({}) is above max ({}); swap them".format(*ends))
    if int(values.decimals or 0) > MOST_DECIMALS:
        faults.add(question.line("decimals"), f"decimals can be {MOST_DECIMALS} at the most")


def _add_date_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    limits: dict[str, date] = {}
    for key in ("earliest", "latest"):
        written = getattr(question.values, key)
        if not written or written == "today":
            continue
        try:
            limits[key] = date.fromisoformat(written)
        except ValueError:
            faults.add(
                question.line(key),
                f"{quote(key)} cannot be {quote(written)}: write a date like 2026-03-31, or today",
            )
    if len(limits) == 2 and limits["earliest"] > limits["latest"]:
        faults.add(question.line("earliest"), "earliest is after latest; swap them")


def _add_text_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    written = question.values.max_length
    if written and not 1 <= int(written) <= TEXT_LIMIT:
        faults.add(question.line("max-length"), f"max-length can be 1 to {TEXT_LIMIT:,}")
