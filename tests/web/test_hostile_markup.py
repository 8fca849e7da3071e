"""What people typed is text wherever it is shown: on pages, in mail, in charts and in files."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Column, select
from werkzeug.test import TestResponse

from s11audit.domain.permissions import Permission
from s11audit.models import OutgoingMail
from tests.canaries import plant, visits
from tests.furnished import (
    Furnished,
    Sent,
    Stage,
    addresses,
    post,
)
from tests.spoilt import spoilt_stage

pytestmark = pytest.mark.slow

WHO_LOOKS = ("Priya", "Asif", "Sid", "Yara", "Opal", "Tess")
# What comes with the software, or with the tests, was typed by nobody here.
SHIPPED = "^/questionnaires/(?!spoilt|draft|proposed)[^/]+/"
# An element, an attribute, a handler, a template of Jinja, a format of Python, and a text that
# would be read backwards. Short enough for the shortest column that holds words.
MARKUP = "'\"><zqtag zqattr=1 onerror=zq()>{{7*7}}"
SCRIPT = (
    "</title></textarea></script><script>zqtag()</script><svg onload=zqtag()>{{7*7}}{0}%s\u202e"
)
ADDRESS = "javascript:zqtag(1)"
# The second is the picture of a page that has none.
SAFE_ADDRESS = re.compile(r"(?i)(https?|mailto):|data:,$|[/?#]|[\w.%-]+(/|\?|#|$)|$")
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href",
             "background", "cite", "manifest", "ping")  # fmt: skip


def words(column: Column[Any]) -> str:
    """Markup that fits a column; where an address belongs, one that is a script."""
    if column.name in ("link", "place", "issuer"):
        return ADDRESS
    longest = getattr(column.type, "length", None) or 10_000
    return SCRIPT + MARKUP if longest >= 150 else MARKUP[:longest]


def faults_of(response: TestResponse) -> list[str]:
    """What of an answer a browser would take for markup, or for a link to a script."""
    kind, content = response.mimetype, response.get_data()
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        return [fault for name, held in files.items() for fault in _faults_of_file(name, held)]
    return _faults_of_file("x.html" if kind == "text/html" else f"x.{kind.split('/')[1]}", content)


def _faults_of_file(name: str, content: bytes) -> list[str]:
    if name.endswith(".html"):
        return html_faults(content.decode())
    if name.endswith((".svg", "svg+xml", ".xml", ".rels")):
        tree = ElementTree.fromstring(content)
        return [f"{name}: {one.tag}" for one in tree.iter() if _is_made(one.tag, one.attrib)]
    if name.endswith(".json"):
        json.loads(content)
    return []


def html_faults(text: str) -> list[str]:
    found = []
    for tag in BeautifulSoup(text, "html.parser").find_all(True):
        if _is_made(tag.name, tag.attrs) or (tag.name == "script" and "zqtag" in tag.get_text()):
            found.append(f"element {tag.name} {sorted(tag.attrs)}"[:200])
        for name in ADDRESSES:
            if name in tag.attrs and not SAFE_ADDRESS.match(str(tag[name])):
                found.append(f"{tag.name} {name}={tag[name]}"[:200])
    if "<zqtag" in text or re.search(r"zq\(\)(&gt;|>)49", text):
        found.append("the payload as it was typed, or run")
    return found


def _is_made(name: str, attributes: Mapping[str, Any]) -> bool:
    made = any(one.startswith(("zqattr", "on")) for one in attributes)
    return made or "zqtag" in name


@pytest.mark.parametrize("who", WHO_LOOKS)
def test_nothing_that_was_typed_is_markup_anywhere(furnished: Furnished, who: str) -> None:
    """On every page and in every file that somebody reaches; and it is there to be seen."""
    faults, seen = [], 0
    with spoilt_stage(furnished, who, words, MARKUP) as stage:
        for address, response in visits(stage.pages, addresses(furnished, who), SHIPPED):
            assert response.status_code < 500, address
            faults += [f"{address}: {fault}" for fault in faults_of(response)]
            seen += response.mimetype == "text/html" and "zqtag" in response.text
    assert faults == []
    assert seen > 5


def test_rows_that_hold_nothing_but_markup_do_no_harm_either(
    furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where only the application writes: references, codes and fingerprints."""
    monkeypatch.setitem(furnished.app.config, "PROPAGATE_EXCEPTIONS", False)
    priya = furnished.people["Priya"]
    faults = []
    with furnished.stage("Priya") as stage:
        with stage.database.writing.begin() as session:
            (home,) = priya.partnerships(Permission.EDIT_AGENCIES)
            owners = {"partnerships": home, "users": furnished.people["Bea"].user_id,
                      "memberships": None, "trusts": None, "throttles": None}  # fmt: skip
            plant(session, owners, text=words)
        for address, response in visits(stage.pages, addresses(furnished, "Priya"), SHIPPED):
            faults += [f"{address}: {fault}" for fault in faults_of(response)]
    assert faults == []


def test_forms_give_back_what_was_typed_as_text(furnished: Furnished, forms: list[Sent]) -> None:
    """Whatever becomes of it: refused with its faults, shown to be confirmed, or done."""
    faults = []
    for sent in forms:
        typed = tuple(
            (name, SCRIPT + MARKUP if name in sent.texts else text) for name, text in sent.fields
        )
        with furnished.stage(sent.who) as stage:
            hostile = replace(sent, fields=typed)
            response = post(stage, hostile, follow_redirects=True)
            assert response.status_code < 500, sent.action
            faults += [f"{sent.action}: {fault}" for fault in faults_of(response)]
            faults += [f"{sent.action}: {fault}" for fault in mail_faults(stage)]
    assert faults == []


def mail_faults(stage: Stage) -> list[str]:
    """What of mails would begin a line, a header or a link of its own."""
    base = stage.app.extensions["s11audit"].settings.base_url
    with stage.database.reading() as session:
        mails = session.scalars(select(OutgoingMail)).all()
    return [
        f"mail {mail.kind} of {mail.subject}"
        for mail in mails
        if not mail.subject.isprintable()
        or any(not link.startswith(base) for link in re.findall(r"https?://\S+", mail.text))
        or BIDI.search(mail.text)
    ]


# Characters after which text is read in another direction, or that stop that.
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def test_the_tests_above_do_find_markup() -> None:
    """Or they prove nothing."""
    for bad in (f"<p title='{MARKUP}'>", f"<title>{SCRIPT}", f'<a href="{ADDRESS}">x</a>',
                "zq()&gt;49", '<a href=" javascript:x">x</a>', '<img src="data:x">'):  # fmt: skip
        assert html_faults(bad), bad
    assert not html_faults('<a href="/x?y=javascript:1">x</a><a href="mailto:a@b.c">y</a>')
