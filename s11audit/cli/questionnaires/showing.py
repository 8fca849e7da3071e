"""`s11audit questionnaires show`: one version to read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import click

from s11audit.cli.questionnaires.listing import status_words
from s11audit.cli.questionnaires.opening import everything_asked, version_named
from s11audit.domain.numbers import counted
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Citation, Question, Questionnaire, Standard
from s11audit.domain.routing_words import audience_words, condition_words
from s11audit.questionnaires import Version


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("version")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(id_: str, version: str, as_json: bool) -> None:
    """Print every question of a version, of whom and when it is asked, and what it cites."""
    with everything_asked() as asked:
        known, questionnaire = version_named(asked.catalogue, id_, version)
    if as_json:
        click.echo(json.dumps(_as_json(known, questionnaire), indent=2, ensure_ascii=False))
        return
    for line in _lines(known, questionnaire):
        click.echo(line)


def unchecked(questionnaire: Questionnaire) -> dict[str, list[Citation]]:
    """Key of each question with citations that nobody has looked up yet → these citations."""
    found = {
        question.key: [cite for cite in question.cites if not cite.checked]
        for question in questionnaire.questions()
    }
    return {key: cites for key, cites in found.items() if cites}


def _lines(version: Version, questionnaire: Questionnaire) -> Iterator[str]:
    yield f"{questionnaire.title} ({version.id} {version.version})"
    replaces = f"; replaces {version.replaces}" if version.replaces else ""
    yield f"{status_words(version)}; {version.kind}{replaces}; fingerprint {version.sha256}"
    part = ""
    for standard in questionnaire.standards:
        if standard.part and standard.part != part:
            yield f"\n{standard.part}"
        part = standard.part
        yield f"\n{standard.title} ({standard.id})"
        if asked_of := audience_words(standard.audience):
            yield f"  Only asked of: {asked_of}"
        for question in standard.questions:
            yield from _question_lines(question, questionnaire)
    count = sum(map(len, unchecked(questionnaire).values()))
    yield (
        f"\nNot checked yet: {counted(count, 'citation')}"
        if count
        else "\nNo citation is unchecked"
    )


def _question_lines(question: Question, questionnaire: Questionnaire) -> Iterator[str]:
    marks = [type_of(question).label]
    marks += [f"scale {question.scale.id}"] if question.scale else []
    marks += ["critical"] if question.critical else []
    marks += [] if question.required else ["optional"]
    yield f"  {question.key} ({', '.join(marks)})"
    yield f"    {' '.join(question.ask.split())}"
    if asked_of := audience_words(question.audience):
        yield f"    Only asked of: {asked_of}"
    if question.when:
        yield f"    Only if {condition_words(question.when, questionnaire)}"
    for cite in question.cites:
        yield f"    Cites {cite}{'' if cite.checked else '  ← not checked'}"


def _as_json(version: Version, questionnaire: Questionnaire) -> dict[str, Any]:
    published = version.published_on
    return {
        "id": version.id,
        "version": version.version,
        "title": questionnaire.title,
        "kind": version.kind.value,
        "status": version.status.value,
        "published": published.isoformat() if published else None,
        "replaces": version.replaces or None,
        "sha256": version.sha256,
        "standards": [_standard_json(one, questionnaire) for one in questionnaire.standards],
        "unchecked": [
            {"key": key, "cites": str(cite)}
            for key, cites in unchecked(questionnaire).items()
            for cite in cites
        ],
    }


def _standard_json(standard: Standard, questionnaire: Questionnaire) -> dict[str, Any]:
    return {
        "id": standard.id,
        "title": standard.title,
        "part": standard.part,
        "asked_of": audience_words(standard.audience),
        "questions": [
            {
                "key": question.key,
                "title": question.title,
                "type": question.type,
                "text": question.ask,
                "required": question.required,
                "critical": question.critical,
                "asked_of": audience_words(question.audience),
                "when": condition_words(question.when, questionnaire) if question.when else "",
                "cites": [{"text": str(one), "checked": one.checked} for one in question.cites],
            }
            for question in standard.questions
        ],
    }
