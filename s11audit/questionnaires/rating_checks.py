"""What a rated question must agree on with its scale."""

from __future__ import annotations

from s11audit.domain.questionnaire import ActionRule, EvidenceRule
from s11audit.domain.ratings import Rag
from s11audit.questionnaires.faults import FaultCollector, quote, suggest
from s11audit.questionnaires.parts import FileParts, Part, ScaleParts, scale_of
from s11audit.questionnaires.schema import QuestionPart


def add_rating_faults(
    question: Part[QuestionPart], parts: FileParts, faults: FaultCollector
) -> None:
    """Add what is wrong between a question that is rated on a scale and that scale."""
    if "scale" in question.broken:
        return
    name = scale_of(question.values)
    if not name:
        near = suggest("", sorted(parts.scale_names))
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
        add_rules_without_colours(question, f"scale {quote(name)}, which has no rag,", faults)
    if question.values.critical == "yes" and Rag.RED not in colours:
        faults.add(
            question.line("critical"),
            f"this cannot be critical, for it is never red: scale {quote(name)} has no red level",
        )


def add_rules_without_colours(
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
