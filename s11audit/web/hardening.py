"""What every answer tells the browser not to allow, and for which names we answer at all."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from s11audit.config import Settings
from s11audit.web import anonymity

logger = logging.getLogger(__name__)

COOKIE = "s11audit"
# Files whose address changes with their content are kept for as long as browsers keep anything.
KEPT_FOR_EVER = "public, max-age=31536000, immutable"
# What is published may be kept for some minutes, also by proxies: it can be taken back.
KEPT_A_WHILE = "public, max-age=300"

HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}


def init_app(app: Flask, settings: Settings) -> None:
    """Set cookies, hosts and proxies up; put the headers on every answer."""
    # Browsers take a cookie of that prefix from this very host only, and over TLS only.
    app.config["SESSION_COOKIE_NAME"] = f"__Host-{COOKIE}" if settings.uses_tls else COOKIE
    app.config["TRUSTED_HOSTS"] = list(settings.trusted_hosts)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies
        )
    app.before_request(_refuse_strange_host)

    @app.after_request
    def harden(response: Response) -> Response:
        return _harden(response, settings.uses_tls)


def may_be_kept() -> None:
    """Say that this answer is the same for everybody who is not signed in."""
    g.may_be_kept = True


def csp_nonce() -> str:
    """A fresh value a response, for the few inline scripts that a page needs."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _refuse_strange_host() -> tuple[str, int] | None:
    """A page that stands alone: under a strange name no address of ours can be made."""
    if not isinstance(request.routing_exception, SecurityError):
        return None
    asked = request.environ.get("HTTP_HOST", "")[:200]
    logger.warning("Refused a request for the host %r: see S11AUDIT_TRUSTED_HOSTS", asked)
    return render_template("strange-host.html"), 400


def _harden(response: Response, uses_tls: bool) -> Response:
    headers = response.headers
    headers.update(HEADERS)
    if anonymity.is_anonymous():
        headers.update(anonymity.HEADERS)
    headers["Content-Security-Policy"] = _content_policy(uses_tls)
    if uses_tls:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static" and response.status_code in (200, 304):
        headers["Cache-Control"] = KEPT_FOR_EVER if "v" in request.args else "no-cache"
    else:
        is_kept = g.get("may_be_kept", False) and response.status_code == 200
        headers["Cache-Control"] = KEPT_A_WHILE if is_kept else "no-store"
        response.vary.add("Cookie")
    return response


def _content_policy(uses_tls: bool) -> str:
    rules = [
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'self'",
        "connect-src 'self'",
        f"script-src 'self' 'nonce-{csp_nonce()}'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join([*rules, "upgrade-insecure-requests"] if uses_tls else rules)
