"""What s11audit is measured beside: the least that Flask and SQLite can do for the same requests.

A page with the same number of texts from one row each, a save that updates one row in a transaction
of its own, and a file of all rows. No accounts, no checks, no history. Served as s11audit is.
"""

from __future__ import annotations

import csv
import io
import sqlite3
import sys
from typing import Any

from flask import Flask, jsonify, render_template_string, request
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

QUESTIONS = 6
TEXT = "What we do, and what difference it makes for children. " * 8
PAGE = """<!DOCTYPE html><title>Page {{ page }}</title><h1>Page {{ page }}</h1>
<form method="post"><input type="hidden" name="csrf_token" value="bare">{% for key, text in rows %}
<p>{{ "Words that a question has around its box. " * 40 }}</p>
<input type="hidden" name="{{ key }}__seen" value="0"><input type="radio" name="{{ key }}__value"
 value="met"><textarea name="{{ key }}__comment">{{ text }}</textarea>{% endfor %}</form>"""


def build_database(path: str, pages: int) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE answers (page, key, text, PRIMARY KEY (page, key))")
        rows = [(page, f"q{q}", TEXT) for page in range(pages) for q in range(QUESTIONS)]
        connection.executemany("INSERT INTO answers VALUES (?, ?, ?)", rows)
    connection.close()


def bare_app(path: str) -> Flask:
    app = Flask(__name__)

    def connected() -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=5, isolation_level=None)
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    @app.get("/pages/<int:page>")
    def show(page: int) -> str:
        connection = connected()
        select = "SELECT key, text FROM answers WHERE page = ? ORDER BY key"
        rows = connection.execute(select, (page,)).fetchall()
        connection.close()
        return render_template_string(PAGE, page=page, rows=rows)

    @app.post("/pages/<int:page>/autosave")
    def save(page: int) -> Any:
        texts = {name: text for name, text in request.form.items() if name.endswith("__comment")}
        connection = connected()
        connection.execute("BEGIN IMMEDIATE")
        for name, text in texts.items():
            key = name.partition("__")[0]
            update = "UPDATE answers SET text = ? WHERE page = ? AND key = ?"
            connection.execute(update, (text, page, key))
        connection.execute("COMMIT")
        connection.close()
        return jsonify(seen={name.partition("__")[0]: "0" for name in texts}, conflicts=[])

    @app.get("/export")
    def export() -> str:
        connection, text = connected(), io.StringIO()
        csv.writer(text).writerows(connection.execute("SELECT * FROM answers"))
        connection.close()
        return text.getvalue()

    return app


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn as s11audit sets it up: processes with threads."""

    def __init__(self, app: Flask, port: int, processes: int, threads: int) -> None:
        self.app, self.port, self.processes, self.threads = app, port, processes, threads
        super().__init__()

    def load_config(self) -> None:
        chosen = {
            "bind": f"127.0.0.1:{self.port}",
            "worker_class": "gthread",
            "workers": self.processes,
            "threads": self.threads,
            "keepalive": 75,
            "control_socket_disable": True,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.app


if __name__ == "__main__":
    Server(bare_app(sys.argv[1]), *(int(number) for number in sys.argv[2:])).run()
