"""Files for people to keep. Each leaves through `download`, which first remembers who took it;
what is published leaves through `hand_out`."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import send_file
from werkzeug.wrappers import Response

from s11audit.domain.event_kinds import DOWNLOADED
from s11audit.services.events import Belonging, record
from s11audit.web.security import machine, now, viewer

CSV = "text/csv"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON = "application/json"
PDF = "application/pdf"
TEXT = "text/plain; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YAML = "application/yaml"
ZIP = "application/zip"

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")


def download(
    content: BytesIO | bytes,
    media_type: str,
    name: str,
    *,
    about: str,
    of: Belonging | None = None,
    **counts: int,
) -> Response:
    """The response that makes a browser save this under that name, from its first byte.

    `about` is what it tells of, as events name things (`round S11-2026`), `of` whose that is,
    `counts` how much of it there is (`returns=12`). Nothing leaves that cannot be remembered.
    """
    name = safe_name(name)
    detail: dict[str, Any] = {"file": name, **counts}
    with machine() as session:
        by = viewer().user_id
        record(session, DOWNLOADED, about, by=by, at=now(), detail=detail, of=of)
    return _saved(content, media_type, name)


def hand_out(content: bytes, media_type: str, name: str) -> Response:
    """The same of what is published, for somebody whom nobody knows: there is no one to remember.

    Whoever calls has seen that everybody may have it.
    """
    return _saved(content, media_type, safe_name(name))


def _saved(content: BytesIO | bytes, media_type: str, name: str) -> Response:
    stream = BytesIO(content) if isinstance(content, bytes) else content
    stream.seek(0)
    return send_file(stream, media_type, as_attachment=True, download_name=name)


def safe_name(name: str) -> str:
    """A name that no computer takes for a folder, a hidden file or anything else but a name."""
    return _NOT_IN_NAMES.sub("-", name).strip(".-") or "download"
