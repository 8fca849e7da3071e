"""Links for mail. They begin with the address of the settings, whatever Host a browser sends."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for

from s11audit.services.return_mail import Links
from s11audit.web.security import services


def sends_mail() -> bool:
    """Whether mail leaves here. Where it does not, pages show links, and promise no mail."""
    return services().settings.mail_server is not None


def own_link(path: str) -> str:
    """The absolute address of one of our pages; `path` is what `url_for` gives."""
    return services().settings.base_url + path


def join_link(token: str) -> str:
    """Where somebody takes up the invitation of this token."""
    return own_link(url_for("account.join", token=token))


def mail_links() -> Links:
    """What links in reminders lead to."""
    return Links(services().settings.base_url)


def return_links() -> Callable[[str], str] | None:
    """What makes links for mail about returns; None where no mail leaves, so that none is kept."""
    return mail_links().to_return if sends_mail() else None


def assessment_links() -> Callable[[str], str] | None:
    """The same for mail about joint assessments, to the page of each."""
    return mail_links().to_assessment if sends_mail() else None


def action_links() -> Callable[[str], str] | None:
    """The same for mail about actions that are asked of an agency."""
    return mail_links().to_action if sends_mail() else None
