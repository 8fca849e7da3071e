"""`s11audit cases`: case audits, for whoever runs the machine."""

from __future__ import annotations

import click

from s11audit.cli.case_drawing import draw


@click.group()
def cases() -> None:
    """Draw the cases of a case audit from a list of references."""


cases.add_command(draw)
