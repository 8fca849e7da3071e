"""`s11audit questionnaires`: check, read, compare, write and publish versions."""

from __future__ import annotations

import click

from s11audit.cli.lazy import LazyGroup

# Command → the module that holds it, and where needed the name of its function there.
COMMANDS: dict[str, str] = {
    "check": "s11audit.cli.questionnaires.checking",
    "list": "s11audit.cli.questionnaires.listing:list_versions",
    "show": "s11audit.cli.questionnaires.showing",
    "changes": "s11audit.cli.questionnaires.comparing",
    "new-version": "s11audit.cli.questionnaires.copying",
    "publish": "s11audit.cli.questionnaires.publishing",
    "withdraw": "s11audit.cli.questionnaires.publishing",
    "to-xlsx": "s11audit.cli.questionnaires.authoring",
    "from-xlsx": "s11audit.cli.questionnaires.authoring",
    "reference": "s11audit.cli.questionnaires.key_reference:key_reference",
    "from-csv": "s11audit.cli.questionnaires.authoring",
}


@click.group(cls=LazyGroup, places=COMMANDS)
def questionnaires() -> None:
    """Check, read, compare, write and publish questionnaires."""
