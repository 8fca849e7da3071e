"""Parts without fault → frozen domain objects, with the defaults of the format filled in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from s11audit.domain.audience import EVERYBODY, Audience
from s11audit.domain.conditions import Condition
from s11audit.domain.question_types import QUESTION_TYPES
from s11audit.domain.questionnaire import (
    NO_LINEAGE,
    ActionRule,
    Carry,
    Citation,
    EvidenceRule,
    Kind,
    Lineage,
    Option,
    Question,
    Questionnaire,
    Rows,
    Standard,
    Tested,
    Thresholds,
)
from s11audit.domain.scales import Level, Scale
from s11audit.questionnaires.parts import (
    FileParts,
    QuestionParts,
    ScaleParts,
    StandardParts,
    scale_of,
)
from s11audit.questionnaires.schema import (
    AnsweredPart,
    ColumnPart,
    LevelPart,
    QuestionPart,
    StandardPart,
)

DEFAULT_LENGTHS: dict[str, int] = {"short-text": 200}
DEFAULT_LENGTH = 10_000
DEFAULT_DECIMALS: dict[str, int] = {"money": 2}
DEFAULT_LEAST: dict[str, Fraction] = {"money": Fraction(0)}
MOST_ROWS = 20


def build(parts: FileParts, conditions: Mapping[str, Condition], sha256: str) -> Questionnaire:
    """The questionnaire of these parts; `conditions` by question key, `sha256` of the file."""
    head = parts.head.values
    scales = {name: build_scale(name, scale) for name, scale in parts.scales.items()}
    return Questionnaire(
        id=head.questionnaire,
        version=head.version,
        kind=head.kind,
        title=head.title,
        standards=tuple(_standard(one, head.kind, scales, conditions) for one in parts.standards),
        scales=scales,
        thresholds=Thresholds(Fraction(head.rag.red_below), Fraction(head.rag.green_from)),
        summary=head.summary,
        introduction=head.introduction,
        declaration=head.declaration,
        replaces=head.replaces,
        dropped=tuple(head.dropped),
        sha256=sha256,
    )


def build_scale(name: str, scale: ScaleParts) -> Scale:
    """The scale of this id, from parts without a fault."""
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
    standard: StandardParts,
    kind: Kind,
    scales: Mapping[str, Scale],
    conditions: Mapping[str, Condition],
) -> Standard:
    values = standard.part.values
    keys = [f"{values.id}.{question.part.values.id}" for question in standard.questions]
    return Standard(
        id=values.id,
        title=values.title,
        questions=tuple(
            build_question(
                key, parts, scales.get(scale_of(parts.part.values)), conditions.get(key), kind
            )
            for key, parts in zip(keys, standard.questions, strict=True)
        ),
        summary=values.summary,
        part=values.part,
        audience=_audience(values),
    )


def build_question(
    key: str,
    parts: QuestionParts,
    scale: Scale | None,
    when: Condition | None,
    kind: Kind = Kind.SELF_ASSESSMENT,
) -> Question:
    """One question of this key, on the scale that it is rated on, in a questionnaire of this kind.

    A survey has no room for comments: it is answered anonymously, in two minutes.
    """
    values = parts.part.values
    return Question(
        key=key,
        title=values.title or values.id.replace("-", " ").capitalize(),
        ask=values.ask,
        scale=scale,
        help=values.help,
        good=tuple(values.good),
        examples=tuple(values.examples),
        cites=tuple(
            Citation(cite.law, cite.guidance, cite.edition, cite.at, cite.checked == "yes")
            for cite in values.cites
        ),
        critical=values.critical == "yes",
        comment=kind is not Kind.SURVEY,
        evidence=values.evidence or default_evidence(values),
        action=values.action or default_action(scale),
        heading=values.heading,
        means=values.means,
        audience=_audience(values),
        when=when,
        lineage=_lineage(values),
        tests=_tested(values.tests),
        agree=values.agree or "I confirm this",
        columns=tuple(_column(key, column.values) for column in parts.columns),
        rows=_rows(values),
        **_answered(values),
    )


def _column(table_key: str, column: ColumnPart) -> Question:
    return Question(
        key=f"{table_key}.{column.id}",
        title=column.title,
        ask=column.title,
        **_answered(column),
    )


def _answered(part: AnsweredPart) -> dict[str, Any]:
    """How a question or a column is answered, as the arguments of a Question."""
    return {
        "type": part.type,
        "required": part.required == "yes" and QUESTION_TYPES[part.type].has_answer,
        "options": tuple(Option(one.id, one.label, one.alone == "yes") for one in part.options),
        "unit": part.unit,
        "min": _number(part.min) if part.min else DEFAULT_LEAST.get(part.type),
        "max": _number(part.max),
        "decimals": int(part.decimals or DEFAULT_DECIMALS.get(part.type, 0)),
        "earliest": part.earliest,
        "latest": part.latest,
        "max_length": int(part.max_length or DEFAULT_LENGTHS.get(part.type, DEFAULT_LENGTH)),
        "numerator": part.numerator,
        "denominator": part.denominator,
    }


def _lineage(question: QuestionPart) -> Lineage:
    if not question.was and question.carry is Carry.CONFIRM:
        return NO_LINEAGE
    return Lineage(tuple(question.was), question.carry, question.why_afresh)


def _tested(written: str) -> Tested | None:
    return Tested(*written.split("/")) if written else None


def _rows(question: QuestionPart) -> Rows:
    fixed = tuple(Option(row.id, row.label) for row in question.rows)
    least, most = int(question.min_rows or 0), int(question.max_rows or MOST_ROWS)
    return Rows(fixed, least, len(fixed) or most)


def default_evidence(question: QuestionPart) -> EvidenceRule:
    """What a question of this type asks of evidence where it does not say."""
    return EvidenceRule.OPTIONAL if question.type == "rating" else EvidenceRule.NONE


def default_action(scale: Scale | None) -> ActionRule:
    """When a question on this scale asks for an action where it does not say."""
    coloured = scale is not None and scale.has_rag
    return ActionRule.WHEN_RED_OR_AMBER if coloured else ActionRule.NONE


def _audience(part: StandardPart | QuestionPart) -> Audience:
    named = (part.for_, part.with_, part.in_)
    if named == (None, None, None):
        return EVERYBODY
    return Audience(
        None if part.for_ is None else frozenset(part.for_),
        None if part.with_ is None else frozenset(part.with_),
        # references of partnerships are kept in capitals
        None if part.in_ is None else frozenset(reference.upper() for reference in part.in_),
    )


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
