"""`s11audit questionnaires reference`: every key of a questionnaire file."""

from __future__ import annotations

import click

from s11audit.questionnaires.reference import reference


@click.command("reference")
def key_reference() -> None:
    """Print every key of a questionnaire file, what it means, its default and an example."""
    click.echo(reference(), nl=False)
