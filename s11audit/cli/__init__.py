"""The terminal: the same intentions as the pages, a file a word.

Command modules are imported only when one of their commands is run, so that `s11audit --help`
and the small commands do not wait for libraries that they never use.
"""

from __future__ import annotations

from importlib import import_module

import click

# Command → the module that holds it, as an attribute of the same name (hyphens as underscores).
COMMANDS: dict[str, str] = {
    "init": "s11audit.cli.serving",
    "serve": "s11audit.cli.serving",
    "users": "s11audit.cli.people",
    "agencies": "s11audit.cli.people",
    "partnerships": "s11audit.cli.people",
    "rounds": "s11audit.cli.rounds",
    "questionnaires": "s11audit.cli.questionnaires",
    "score": "s11audit.cli.score",
    "export": "s11audit.cli.export",
    "audit": "s11audit.cli.audit",
    "rules": "s11audit.cli.rules",
    "demo": "s11audit.cli.demo",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="s11audit")
def main() -> None:
    """Run section 11 audits: set up, score, export and serve."""
