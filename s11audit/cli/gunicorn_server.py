"""Serving with gunicorn's threads; not for Windows, so it is imported only elsewhere."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from s11audit.cli.working import start_working
from s11audit.config import Settings
from s11audit.web.logs import without_secrets

# Longer than the 60 s for which proxies usually keep a connection, so that they close it first.
KEEP_ALIVE_SECONDS = 75


class JsonLogger(Logger):
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
            "path": without_secrets(environ["PATH_INFO"]),
            "status": int(str(resp.status).split()[0]),
            "milliseconds": round(request_time / timedelta(milliseconds=1)),
        }
        self.access_log.info("Request answered", extra=facts)


class Server(BaseApplication):
    """As many processes as the settings say, each of which answers with several threads."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        host = self.settings.host
        chosen = {
            "bind": f"{f'[{host}]' if ':' in host else host}:{self.settings.port}",
            "worker_class": "gthread",
            "workers": self.settings.processes,
            "threads": self.settings.threads,
            "keepalive": KEEP_ALIVE_SECONDS,
            "control_socket_disable": True,
            "logger_class": JsonLogger,
            # In each process that answers, as threads do not outlive the fork that makes it. What
            # several of them find to do at the same moment is done once.
            "post_worker_init": lambda _worker: start_working(self.settings),
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app
