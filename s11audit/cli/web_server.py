"""The program that answers browsers: gunicorn with threads, waitress on Windows."""

from __future__ import annotations

import socket
import sys

import click
from flask import Flask

from s11audit.cli.working import start_working
from s11audit.config import Settings


def serve_until_stopped(app: Flask, settings: Settings) -> None:
    """Answer requests until the process is told to stop."""
    click.echo(
        f"s11audit is at {settings.base_url} (listening on {settings.host}, port {settings.port}). "
        "Ctrl+C stops it."
    )
    if sys.platform == "win32":
        _serve_with_waitress(app, settings)
    else:
        _serve_with_gunicorn(app, settings)


def require_free_port(settings: Settings) -> None:
    """Raise ClickException where nobody can listen on the host and port of the settings."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((settings.host, settings.port))
    except (OSError, OverflowError) as error:
        raise click.ClickException(
            f"Cannot listen on {settings.host}, port {settings.port} ({_reason(error)}): "
            "set S11AUDIT_HOST and S11AUDIT_PORT."
        ) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or "a port is a number up to 65535"


def _serve_with_waitress(app: Flask, settings: Settings) -> None:
    from waitress import serve  # type: ignore[import-untyped,unused-ignore,import-not-found]

    start_working(settings)
    serve(
        app, host=settings.host, port=settings.port, threads=settings.processes * settings.threads
    )


def _serve_with_gunicorn(app: Flask, settings: Settings) -> None:
    from s11audit.cli.gunicorn_server import Server

    Server(app, settings).run()
