"""The HTML of a message, made from its plain text, so that both always say the same."""

from __future__ import annotations

import re
from html import escape

_PARAGRAPHS = re.compile(r"\n\s*\n")
_LINK = re.compile(r"https?://\S+")
_PAGE = """<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title>
</head>
<body style="margin:0;padding:16px;background:#ffffff;color:#0b0c0c">
<div style="max-width:38em;font-family:Helvetica,Arial,sans-serif;font-size:19px;line-height:1.4">
{paragraphs}
</div>
</body>
</html>
"""


def html_of(subject: str, text: str) -> str:
    """A page of the text's paragraphs. What stands alone as a link becomes one, shown in full.

    Nothing in it is loaded from anywhere, and what somebody typed stays text.
    """
    found = [" ".join(one.split()) for one in _PARAGRAPHS.split(text)]
    paragraphs = "\n".join(f"<p>{_shown(one)}</p>" for one in found if one)
    return _PAGE.format(subject=escape(subject), paragraphs=paragraphs)


def _shown(paragraph: str) -> str:
    words = escape(paragraph)
    if _LINK.fullmatch(paragraph) is None:
        return words
    style = "color:#1d70b8;overflow-wrap:anywhere"
    return f'<a href="{words}" style="{style}">{words}</a>'
