"""`s11audit questionnaires publish` and `withdraw`: versions that come as files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import click

from s11audit.cli.questionnaires.opening import Asked, everything_asked, version_named
from s11audit.cli.questionnaires.showing import unchecked
from s11audit.cli.questionnaires.writing import written_or_said
from s11audit.domain.compatibility import Compatibility, compatibility
from s11audit.domain.dates import long_date, today_in_london
from s11audit.domain.numbers import counted
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.queries.people import operator
from s11audit.queries.questionnaires import held_answers
from s11audit.questionnaires import QuestionnaireFaultsError, Version
from s11audit.questionnaires.locks import LOCK, add_to_lock, withdraw_in_lock


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("version")
@click.option("--yes", is_flag=True, help="Do not ask before publishing.")
def publish(id_: str, version: str, yes: bool) -> None:
    """Publish a file: rounds can ask it, and it must never change again.

    Says first what was not looked up yet, and which answers that are held to the version that it
    replaces cannot go on. A version that was uploaded is published on the web, by a second person.
    """
    with everything_asked() as asked:
        found, questionnaire = version_named(asked.catalogue, id_, version)
        folder = _folder_of(found)
        _refuse_unless_draft(asked, found)
        _refuse_before_replaced(asked, found)
        _tell_unchecked(questionnaire)
        _tell_compatibility(asked, questionnaire)
    if not yes:
        click.confirm(f"Publish {id_} {version}? Its text never changes again", abort=True)
    today = today_in_london(datetime.now(UTC))
    _write(folder, lambda: add_to_lock(folder, (id_, version), questionnaire.sha256, today))
    click.echo(f"Published {id_} {version}: its fingerprint is in {folder / LOCK}.")


@click.command()
@click.argument("id_", metavar="ID")
@click.argument("version")
def withdraw(id_: str, version: str) -> None:
    """Let no new round ask a published file; rounds that ask it go on."""
    with everything_asked() as asked:
        found, _ = version_named(asked.catalogue, id_, version)
        folder = _folder_of(found)
    if found.status is not VersionStatus.PUBLISHED:
        already = found.status is VersionStatus.WITHDRAWN
        why = "has been withdrawn already" if already else "was never published"
        raise click.ClickException(f"{id_} {version} {why}.")
    today: date = today_in_london(datetime.now(UTC))
    _write(folder, lambda: withdraw_in_lock(folder, (id_, version), today))
    click.echo(f"Withdrew {id_} {version}. Keep its file: rounds that ask it need it.")


def _folder_of(version: Version) -> Path:
    if version.path is None:
        raise click.ClickException(
            f"{version.id} {version.version} was uploaded, so this is done on the web, by a "
            "manager of its partnership: see Questionnaires there."
        )
    return version.path.parent.parent


def _refuse_unless_draft(asked: Asked, version: Version) -> None:
    if faults := asked.catalogue.faults_of(version.id, version.version):
        listed = "\n".join(map(str, faults))
        called = f"{version.id} {version.version}"
        raise click.ClickException(f"{called} has {counted(len(faults), 'fault')}.\n{listed}")
    if version.status is not VersionStatus.DRAFT:
        since = f" since {long_date(version.published_on)}" if version.published_on else ""
        raise click.ClickException(
            f"{version.id} {version.version} has been published already{since}."
        )


def _refuse_before_replaced(asked: Asked, version: Version) -> None:
    """Lineage must not hang on a version that can still change."""
    if not version.replaces:
        return
    replaced = asked.catalogue.version(version.id, version.replaces)
    if replaced.status not in (VersionStatus.PUBLISHED, VersionStatus.WITHDRAWN):
        raise click.ClickException(
            f"Publish {replaced.id} {replaced.version} first: {version.version} replaces it."
        )


def _tell_unchecked(questionnaire: Questionnaire) -> None:
    found = unchecked(questionnaire)
    if found:
        count = sum(map(len, found.values()))
        click.echo(f"{counted(count, 'citation')} that nobody has looked up yet:")
    for key, cites in found.items():
        for cite in cites:
            click.echo(f"  {key}: {cite}")


def _tell_compatibility(asked: Asked, new: Questionnaire) -> None:
    """Which answers that are held to the replaced version can go on."""
    if not new.replaces:
        return
    old = asked.catalogue.get(new.id, new.replaces)
    held: dict[str, dict[str, int]] = {}
    if asked.session is None:
        click.echo(f"Held answers were not looked at. {asked.why_no_database}")
    else:
        held = held_answers(asked.session, old, visible_to=operator(asked.session))
    report = compatibility(old, new, held)
    obstacles = [one for one in report if not one.is_compatible]
    touched, total = sum(one.touched for one in report), sum(one.held for one in report)
    click.echo(
        f"Of {counted(len(report), 'question')} of {old.version}, {len(report) - len(obstacles)} "
        f"are compatible; {touched}/{total} held answers cannot go on."
    )
    for one in obstacles:
        click.echo(f"  {_obstacle_words(one)}")


def _obstacle_words(one: Compatibility) -> str:
    to = ", ".join(question.key for question in one.new)
    arrow = f" → {to}" if to not in ("", one.old.key) else ""
    return f"{one.old.key}{arrow}: {'; '.join(one.why_not)} ({one.touched}/{one.held} answers)"


def _write(folder: Path, change: Callable[[], None]) -> None:
    try:
        with written_or_said(folder / LOCK):
            change()
    except QuestionnaireFaultsError as error:
        raise click.ClickException(f"the lock has faults.\n{error}") from error
