"""Parts without fault → frozen domain objects, with the defaults of the format filled in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from s11audit.domain.questionnaire import (
    ActionRule,
    Citation,
    Condition,
    EvidenceRule,
    Level,
    Option,
    Question,
    Questionnaire,
    Scale,
    Standard,
    Thresholds,
)
from s11audit.questionnaires.parts import FileParts, Part, ScaleParts, StandardParts
from s11audit.questionnaires.schema import LevelPart, QuestionPart

DEFAULT_LENGTHS: dict[str, int] = {"short-text": 200}
DEFAULT_LENGTH = 10_000


def build(parts: FileParts, conditions: Mapping[str, Condition], sha256: str) -> Questionnaire:
    """The questionnaire of these parts; `conditions` by question key, `sha256` of the file."""
    head = parts.head.values
    scales = {name: build_scale(name, scale) for name, scale in parts.scales.items()}
    return Questionnaire(
        id=head.questionnaire,
        version=head.version,
        kind=head.kind,
        title=head.title,
        standards=tuple(_standard(one, scales, conditions) for one in parts.standards),
        scales=scales,
        thresholds=Thresholds(Fraction(head.rag.red_below), Fraction(head.rag.green_from)),
        summary=head.summary,
        introduction=head.introduction,
        declaration=head.declaration,
        replaces=head.replaces,
        sha256=sha256,
    )


def build_scale(name: str, scale: ScaleParts) -> Scale:
    values = scale.part.values
    return Scale(
        id=name,
        levels=tuple(_level(level.values) for level in scale.levels),
        title=values.title,
        direction=values.direction,
    )


def _level(level: LevelPart) -> Level:
    return Level(
        id=level.id,
        label=level.label,
        meaning=level.meaning,
        rag=level.rag,
        points=_number(level.points),
        applicable=level.applicable == "yes",
        needs_reason=level.needs == "reason",
    )


def _standard(
    standard: StandardParts, scales: Mapping[str, Scale], conditions: Mapping[str, Condition]
) -> Standard:
    values = standard.part.values
    keys = [f"{values.id}.{question.values.id}" for question in standard.questions]
    return Standard(
        id=values.id,
        title=values.title,
        questions=tuple(
            build_question(key, part, scales.get(part.values.scale), conditions.get(key))
            for key, part in zip(keys, standard.questions, strict=True)
        ),
        summary=values.summary,
        agency_types=_agency_types(values.for_),
    )


def build_question(
    key: str, part: Part[QuestionPart], scale: Scale | None, when: Condition | None
) -> Question:
    """One question of this key, on the scale that it names."""
    values = part.values
    default_length = DEFAULT_LENGTHS.get(values.type, DEFAULT_LENGTH)
    return Question(
        key=key,
        title=values.title or values.id.replace("-", " ").capitalize(),
        type=values.type,
        ask=values.ask,
        scale=scale,
        help=values.help,
        good=tuple(values.good),
        examples=tuple(values.examples),
        cites=tuple(
            Citation(cite.law, cite.guidance, cite.edition, cite.at, cite.checked == "yes")
            for cite in values.cites
        ),
        required=values.required == "yes",
        critical=values.critical == "yes",
        evidence=values.evidence or default_evidence(values),
        action=values.action or default_action(scale),
        agency_types=_agency_types(values.for_),
        when=when,
        was=tuple(values.was),
        options=tuple(Option(option.id, option.label) for option in values.options),
        unit=values.unit,
        min=_number(values.min),
        max=_number(values.max),
        decimals=int(values.decimals),
        earliest=values.earliest,
        latest=values.latest,
        max_length=int(values.max_length or default_length),
    )


def default_evidence(question: QuestionPart) -> EvidenceRule:
    return EvidenceRule.OPTIONAL if question.type == "rating" else EvidenceRule.NONE


def default_action(scale: Scale | None) -> ActionRule:
    coloured = scale is not None and scale.has_rag
    return ActionRule.WHEN_RED_OR_AMBER if coloured else ActionRule.NONE


def _agency_types(named: list[str] | None) -> frozenset[str] | None:
    return None if named is None else frozenset(named)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
