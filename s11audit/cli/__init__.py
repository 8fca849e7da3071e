"""The terminal: the same intentions as the pages, a file a word.

Command modules are imported only when one of their commands is run, so that `s11audit --help`
and the small commands do not wait for libraries that they never use.
"""

from __future__ import annotations

import click

from s11audit.cli.lazy import LazyGroup

# Command → the module that holds it, as an attribute of the same name (hyphens as underscores).
COMMANDS: dict[str, str] = {
    "init": "s11audit.cli.serving",
    "serve": "s11audit.cli.serving",
    "send-mail": "s11audit.cli.mail",
    "remind": "s11audit.cli.reminding:remind_people",
    "users": "s11audit.cli.people",
    "people": "s11audit.cli.inviting",
    "agencies": "s11audit.cli.agencies",
    "partnerships": "s11audit.cli.agencies",
    "trusts": "s11audit.cli.agencies",
    "rounds": "s11audit.cli.rounds",
    "returns": "s11audit.cli.returns",
    "questionnaires": "s11audit.cli.questionnaires",
    "score": "s11audit.cli.score",
    "export": "s11audit.cli.export",
    "cases": "s11audit.cli.cases",
    "evidence": "s11audit.cli.evidence",
    "audit": "s11audit.cli.audit",
    "guard": "s11audit.cli.guard",
    "rules": "s11audit.cli.rules",
    "demo": "s11audit.cli.demo",
}


@click.group(
    cls=LazyGroup, places=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="s11audit")
def main() -> None:
    """Run section 11 audits: set up, score, export and serve."""
