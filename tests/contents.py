"""Where the tests keep the contents of files, and small files that are what their names say."""

from __future__ import annotations

import atexit
import io
import shutil
import tempfile
import zipfile
from pathlib import Path

from s11audit.services.evidence import NewFile
from s11audit.services.evidence_store import FolderStore

# One folder for a whole run: contents go by their digest, so that no test minds another's.
EVIDENCE = Path(tempfile.mkdtemp(prefix="s11audit-evidence-"))
atexit.register(shutil.rmtree, EVIDENCE, ignore_errors=True)

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PDF_TYPE = "application/pdf"


def kept(name: str = "policy.pdf", raw: bytes = PDF, media_type: str = PDF_TYPE) -> NewFile:
    """A file as it is once it was looked at: its content is in the store."""
    sha256 = FolderStore(EVIDENCE).write(io.BytesIO(raw))
    return NewFile(name, media_type, raw, sha256)


def a_zip(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()
