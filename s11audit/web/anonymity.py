"""Pages on which nobody is to be known: no account, no session, no network address.

Whoever is signed in answers there like everybody else. What such a page may touch, its link says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

View = TypeVar("View", bound=Callable[..., Any])

# The address is a secret of its own, which no other site and no search engine is told.
HEADERS: dict[str, str] = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}


def anonymous(view: View) -> View:
    """Declare that anybody may call this view, and that nobody who does is recognised."""
    view.is_public = True  # type: ignore[attr-defined]
    view.is_anonymous = True  # type: ignore[attr-defined]
    return view


def is_anonymous() -> bool:
    """Whether the page that is asked for recognises nobody."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_anonymous", False)


def form_is_ours() -> bool:
    """Whether the form that was sent came from a page of ours, shown to this browser.

    Anonymous views ask that themselves, so that one can give back what was chosen: the token of
    an old page is no reason to lose it.
    """
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


class FormTokens(CSRFProtect):
    """Asks every form for its token, over TLS also for the page that it comes from.

    Not from anonymous pages, whose browsers are told not to say it: see `form_is_ours`.
    """

    def protect(self, *arguments: Any, **options: Any) -> None:
        if not is_anonymous():
            super().protect(*arguments, **options)
