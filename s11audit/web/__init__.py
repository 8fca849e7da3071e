"""The pages: `create_app` puts together blueprints (one a word), security and errors."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask

from s11audit.config import Settings
from s11audit.models.database import Database
from s11audit.paths import STATIC, TEMPLATES
from s11audit.queries.people import operator
from s11audit.queries.questionnaires import UploadedVersions
from s11audit.questionnaires.catalogue import shipped_catalogue
from s11audit.web import errors, hardening, looks, presentation, security, waiting

BLUEPRINTS: tuple[str, ...] = (
    "account",
    "people",
    "returns",
    "rounds",
    "questionnaires",
    "moderation",
    "actions",
    "cases",
    "assessments",
    "reports",
    "surveys",
    "events",
    "installation",
)

# A standard with 40 rating questions posts some 400 fields, each of up to 10,000 characters that
# may take 12 bytes each once encoded. Flask's own limits (1,000 fields, 500 kB) would lose text.
MOST_FORM_FIELDS = 10_000
MOST_FORM_BYTES = 64 * 1024 * 1024

# A row in the database says how long somebody is signed in. The cookie lives on, so that a form
# left open over a weekend can still be kept for whoever typed into it.
COOKIE_LIFETIME = timedelta(days=7)


def create_app(settings: Settings, database: Database | None = None) -> Flask:
    """The application over these settings; `database` is one that is open already."""
    app = Flask("s11audit.web", template_folder=str(TEMPLATES), static_folder=str(STATIC))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MOST_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_FORM_BYTES,
        MAX_FORM_PARTS=MOST_FORM_FIELDS,
        PERMANENT_SESSION_LIFETIME=COOKIE_LIFETIME,
        SESSION_COOKIE_SECURE=settings.uses_tls,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch must still save
    )
    app.extensions["s11audit"] = security.Services(
        settings=settings,
        database=database or Database(settings.database_url),
        catalogue=shipped_catalogue(
            settings.questionnaires, UploadedVersions(security.db, security.viewer)
        ),
        whole_catalogue=shipped_catalogue(
            settings.questionnaires,
            UploadedVersions(security.db, lambda: operator(security.db())),
        ),
    )
    hardening.init_app(app, settings)
    security.init_app(app)
    looks.init_app(app)
    errors.init_app(app)
    presentation.init_app(app)
    waiting.init_app(app)
    for word in BLUEPRINTS:
        app.register_blueprint(import_module(f"s11audit.web.{word}").blueprint)
    return app
