"""A test client whose every page is checked for what every page must have."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from werkzeug.test import TestResponse

from s11audit.domain.viewers import Viewer
from s11audit.models import UserSession
from s11audit.models.database import Database
from s11audit.queries.people import token_digest

UNLABELLED = {"hidden", "submit", "button"}


class Page:
    """One answer of the application; `soup` is its parsed HTML."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.is_html = response.mimetype == "text/html"
        self.soup = BeautifulSoup(
            response.get_data(as_text=True) if self.is_html else "", "html.parser"
        )

    @property
    def heading(self) -> str:
        heading = self.soup.find("h1")
        return _words(heading) if heading else ""

    @property
    def text(self) -> str:
        """Everything a person reads in the main part of the page, with single spaces."""
        main = self.soup.find("main")
        return _words(main) if main else ""

    @property
    def errors(self) -> dict[str, str]:
        """The error summary: id of the linked field → message."""
        summary = self.soup.select_one(".govuk-error-summary")
        links = summary.select("a") if summary else []
        return {str(link["href"]).removeprefix("#"): _words(link) for link in links}

    def form(self, action_ends: str = "") -> dict[str, Any]:
        """What a browser would send for the first form whose action ends so, unchanged."""
        for form in self.soup.find_all("form"):
            if (
                str(form.get("action", "")).endswith(action_ends)
                and form.find_parent("header") is None
            ):
                return fields_of(form)
        raise AssertionError(f"No form whose action ends with {action_ends!r}")


class Pages:
    """A browser without JavaScript. `sign_in` takes anybody of the cast, without the password."""

    def __init__(self, app: Flask, database: Database) -> None:
        self.client = app.test_client()
        self._database = database
        self.csrf_token = ""

    def sign_in(self, viewer: Viewer, *, two_factors: bool = True) -> Pages:
        token = secrets.token_urlsafe(32)
        moment = datetime.now(UTC)
        with self._database.writing.begin() as session:
            session.add(
                UserSession(
                    user_id=viewer.user_id,
                    token_sha256=token_digest(token),
                    started_at=moment,
                    last_seen_at=moment,
                    two_factors_at=moment if two_factors else None,
                    proved_at=moment,
                )
            )
        with self.client.session_transaction() as cookie:
            cookie["token"] = token
        return self

    def get(self, address: str, **options: Any) -> Page:
        return self._checked(self.client.get(address, **options))

    def post(self, address: str, fields: dict[str, Any] | None = None, **options: Any) -> Page:
        """Post fields with the token of the page last seen, as its form would."""
        sent = {"csrf_token": self.csrf_token, **(fields or {})}
        return self._checked(self.client.post(address, data=sent, **options))

    def _checked(self, response: TestResponse) -> Page:
        page = Page(response)
        if page.is_html and page.location == "":
            check_hygiene(page)
            token = page.soup.select_one("input[name=csrf_token]")
            self.csrf_token = str(token["value"]) if token else self.csrf_token
        return page


def check_hygiene(page: Page) -> None:
    """One h1, a title that begins with it, unique ids, labelled inputs, a CSRF token in forms."""
    headings = page.soup.find_all("h1")
    assert len(headings) == 1, f"{len(headings)} h1 on the page"
    title = _words(page.soup.title) if page.soup.title else ""
    assert title.removeprefix("Error: ").startswith(page.heading), (title, page.heading)
    ids = [str(tag["id"]) for tag in page.soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), sorted({one for one in ids if ids.count(one) > 1})
    labelled = {str(label.get("for")) for label in page.soup.find_all("label")}
    for field in page.soup.find_all(["input", "textarea", "select"]):
        if field.get("type") not in UNLABELLED:
            assert field.get("id") in labelled or field.get("aria-label"), f"No label for {field}"
    for form in page.soup.find_all("form", method="post"):
        assert form.find("input", attrs={"name": "csrf_token"}), f"No CSRF token in {form}"
    for link in page.soup.select("a[href^='#']"):
        target = str(link["href"])[1:]
        assert target in ids, f"Link to #{target}, which is not on the page"


def _words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def fields_of(form: Tag) -> dict[str, Any]:
    """What a browser would send for a form, unchanged."""
    sent: dict[str, Any] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name = str(field.get("name", ""))
        kind = field.get("type")
        if not name or kind in {"submit", "button"}:
            continue
        if kind in {"radio", "checkbox"} and not field.has_attr("checked"):
            continue
        if field.name == "select":
            chosen = field.select_one("option[selected]") or field.select_one("option")
            sent[name] = str(chosen.get("value", "")) if chosen else ""
        elif field.name == "textarea":
            sent[name] = field.get_text().removeprefix("\n")
        else:
            sent[name] = str(field.get("value", ""))
    return sent
