"""Files for people to keep."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YAML = "application/yaml"
ZIP = "application/zip"


def download(content: BytesIO | bytes, media_type: str, name: str) -> Response:
    """The response that makes a browser save this under that name, from its first byte."""
    stream = BytesIO(content) if isinstance(content, bytes) else content
    stream.seek(0)
    return send_file(stream, media_type, as_attachment=True, download_name=name)
