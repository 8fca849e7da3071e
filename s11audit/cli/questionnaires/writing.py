"""Writing files from the terminal, with a sentence where that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click


@contextmanager
def written_or_said(path: Path) -> Iterator[None]:
    """End the command with a sentence where what is done inside cannot write `path`."""
    try:
        yield
    except FileExistsError as error:
        raise click.ClickException(f"{path} is there already.") from error
    except OSError as error:
        raise click.ClickException(
            f"{path} cannot be written: {error.strerror or error}."
        ) from error
