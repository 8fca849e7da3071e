"""The program that answers browsers: gunicorn with threads, waitress on Windows."""

from __future__ import annotations

import logging
import socket
import sys
from datetime import timedelta
from typing import Any

import click
from flask import Flask

from s11audit.config import Settings

# Longer than the 60 s for which proxies usually keep a connection, so that they close it first.
KEEP_ALIVE_SECONDS = 75


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

    serve(app, host=settings.host, port=settings.port, threads=settings.threads)


def _serve_with_gunicorn(app: Flask, settings: Settings) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
    from gunicorn.glogging import Logger  # type: ignore[import-untyped]

    class JsonLogger(Logger):  # type: ignore[misc,unused-ignore]
        """Leaves writing to the root logger, and tells of a request without who asked what."""

        def setup(self, cfg: Any) -> None:
            self.cfg = cfg
            self.error_log.setLevel(logging.getLogger().level)
            self.error_log.propagate = self.access_log.propagate = True

        @property
        def access_log_enabled(self) -> bool:
            return True

        def access(self, resp: Any, req: Any, environ: Any, request_time: timedelta) -> None:
            facts = {
                "method": environ["REQUEST_METHOD"],
                "path": environ["PATH_INFO"],
                "status": int(str(resp.status).split()[0]),
                "milliseconds": round(request_time / timedelta(milliseconds=1)),
            }
            self.access_log.info("Request answered", extra=facts)

    class Server(BaseApplication):  # type: ignore[misc,unused-ignore]
        def load_config(self) -> None:
            host = f"[{settings.host}]" if ":" in settings.host else settings.host
            chosen = {
                "bind": f"{host}:{settings.port}",
                "worker_class": "gthread",
                "threads": settings.threads,
                "keepalive": KEEP_ALIVE_SECONDS,
                "control_socket_disable": True,
                "logger_class": JsonLogger,
            }
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return app

    Server().run()
