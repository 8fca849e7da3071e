"""What every template can use: dates in words, labels, navigation, addresses of built files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from flask import Flask, g, request, url_for

from s11audit.domain.actions import ACTION_STATUS_LABELS
from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.answers import takes_files
from s11audit.domain.assessments import ASSESSMENT_STATUS_LABELS
from s11audit.domain.cases import AUDIT_KIND_LABELS, CASE_AUDIT_STATUS_LABELS, VIEW_OF_LABELS
from s11audit.domain.dates import long_date, long_time, month_and_year
from s11audit.domain.file_names import size_in_words
from s11audit.domain.numbers import counted, percent, plain_number
from s11audit.domain.permissions import ROLE_LABELS, Permission
from s11audit.domain.question_types import type_of
from s11audit.domain.ratings import LABELS, LETTERS, SIDE_LABELS
from s11audit.domain.surveys import SURVEY_STATUS_LABELS
from s11audit.domain.versions import VERSION_STATUS_LABELS, version_name
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STATUS_LABELS, ROUND_STATUS_LABELS
from s11audit.models import AuditRound
from s11audit.paths import STATIC
from s11audit.web.answer_words import words_for
from s11audit.web.hardening import csp_nonce


@dataclass(frozen=True)
class Destination:
    """One entry of the navigation, shown to those whom `permission` lets in.

    Whoever has `unless` reaches it from a page of theirs.
    """

    text: str
    endpoint: str
    permission: Permission
    unless: Permission | None = None

    def is_for(self, viewer: Viewer) -> bool:
        beside = self.unless is not None and viewer.may(self.unless)
        return viewer.may(self.permission) and not beside


NAVIGATION: tuple[Destination, ...] = (
    Destination("Installation", "installation.show", Permission.RUN_INSTALLATION),
    Destination("Rounds", "rounds.listing", Permission.SEE_ROUNDS),
    Destination(
        "Rounds in plain words",
        "rounds.plain_listing",
        Permission.READ_PLAINLY,
        unless=Permission.SEE_ROUNDS,
    ),
    Destination("Case audits", "cases.programme", Permission.SEE_CASE_AUDITS),
    Destination("Panels", "cases.panels", Permission.SEE_PANELS),
    Destination("Returns", "returns.listing", Permission.SEE_RETURN),
    Destination("Case files", "cases.files", Permission.SEE_CASE_FILES),
    Destination("Joint assessments", "assessments.listing", Permission.SEE_ASSESSMENTS),
    Destination("Surveys", "surveys.listing", Permission.SEE_SURVEYS),
    Destination("Questionnaires", "questionnaires.listing", Permission.SEE_QUESTIONNAIRES),
    Destination("Actions", "actions.listing", Permission.SEE_ACTIONS),
    Destination("Briefings", "cases.briefings", Permission.READ_BRIEFINGS),
    Destination("Colleagues", "people.colleagues", Permission.DELEGATE),
    Destination("People", "people.listing", Permission.SEE_PEOPLE),
    Destination("History", "events.listing", Permission.SEE_EVENTS),
)


def init_app(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        long_date=long_date,
        long_time=long_time,
        month_and_year=month_and_year,
        percentage=percentage,
        plain_number=plain_number,
        counted=counted,
        size_in_words=size_in_words,
    )
    app.jinja_env.globals.update(
        LABELS=LABELS,
        LETTERS=LETTERS,
        RETURN_STATUS_LABELS=RETURN_STATUS_LABELS,
        ROUND_STATUS_LABELS=ROUND_STATUS_LABELS,
        VERSION_STATUS_LABELS=VERSION_STATUS_LABELS,
        ACTION_STATUS_LABELS=ACTION_STATUS_LABELS,
        CASE_AUDIT_STATUS_LABELS=CASE_AUDIT_STATUS_LABELS,
        AUDIT_KIND_LABELS=AUDIT_KIND_LABELS,
        ASSESSMENT_STATUS_LABELS=ASSESSMENT_STATUS_LABELS,
        ROLE_LABELS=ROLE_LABELS,
        VIEW_OF_LABELS=VIEW_OF_LABELS,
        SIDE_LABELS=SIDE_LABELS,
        SURVEY_STATUS_LABELS=SURVEY_STATUS_LABELS,
        Permission=Permission,
        percent=percent,
        type_of=type_of,
        takes_files=takes_files,
        version_name=version_name,
        agency_type_label=agency_type_label,
        asset_url=asset_url,
        csp_nonce=csp_nonce,
        navigation=navigation,
        what_is_shown_of=what_is_shown_of,
        words_for=words_for,
    )


def percentage(share: Decimal | None) -> str:
    """`75.0%`; a dash where there was nothing to divide by."""
    return "–" if share is None else f"{share:.1f}%"


def what_is_shown_of(audit_round: AuditRound) -> str:
    """Which agencies of a round its pages show to whoever is looking; empty where it is all."""
    reached = g.viewer.reach(Permission.SEE_ROUNDS)
    asking = {one.id: one.name for one in audit_round.partnerships}
    whole = [name for id_, name in asking.items() if id_ in reached.partnerships]
    schools = [
        name for id_, name in asking.items() if id_ in reached.schools_of - reached.partnerships
    ]
    if len(whole) == len(asking):
        return ""
    parts = [f"agencies of {' and '.join(whole)}"] if whole else []
    parts += [f"schools and colleges of {' and '.join(schools)}"] if schools else []
    told = f"This page shows {', and '.join(parts)}, and no others."
    return told if whole else f"Schools only. {told}"


def navigation() -> list[dict[str, Any]]:
    """The entries for whoever is looking; the one that this page is under is marked current.

    None for somebody half signed in, whom every one of them would send back.
    """
    if g.get("viewer") is None or g.signed_in.is_half:
        return []
    places = [place for place in NAVIGATION if place.is_for(g.viewer)]
    here = _current(places)
    return [
        {"text": place.text, "href": url_for(place.endpoint), "current": place is here}
        for place in places
    ]


def first_page() -> str | None:
    """Where whoever is looking begins: the first place of the navigation that is theirs.

    None for somebody who has nothing to go to.
    """
    places = navigation()
    return str(places[0]["href"]) if places else None


def _current(places: Sequence[Destination]) -> Destination | None:
    """The destination that this page is under: by its address, or else by its blueprint."""
    for place in places:
        if f"{request.path}/".startswith(f"{url_for(place.endpoint)}/"):
            return place
    blueprint = request.blueprint or ""
    return next((p for p in places if p.endpoint.startswith(f"{blueprint}.")), None)


def asset_url(name: str) -> str:
    """Address of a static file, changing with its content so that browsers may keep it."""
    return url_for("static", filename=name, v=_fingerprint(name))


@lru_cache(maxsize=64)
def _fingerprint(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else ""
