"""The page on which staff answer: one page, no account, nothing kept of who, where and when."""

from __future__ import annotations

import math

from flask import make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from s11audit.domain.dates import today_in_london
from s11audit.domain.surveys import LinkState
from s11audit.models import SurveyLink
from s11audit.queries.people import token_digest
from s11audit.queries.surveys import link_by_token, replies_of, survey_questionnaire
from s11audit.services.survey_answers import NotTakenError, answer_survey
from s11audit.services.throttling import TooOftenError, Tried
from s11audit.web.anonymity import anonymous, form_is_ours
from s11audit.web.given_back import typed_texts
from s11audit.web.security import db, now, services
from s11audit.web.surveys.answer_form import AnswerSheet
from s11audit.web.surveys.pages import blueprint
from s11audit.web.tries import count_try

# The cookie says only that this link was answered in this browser. It is sent to the link alone.
ANSWERED = "answered"
KEPT_SECONDS = 180 * 24 * 60 * 60
TOO_OLD = "This page had been open for too long. Your answers are still here: send them again"
BUSY = (
    "Very many people are answering at this moment. Your answers are still here: "
    "wait a minute, then send them again"
)


@blueprint.get("/s/<token>")
@anonymous
def answer(token: str) -> str | tuple[str, int]:
    link = link_by_token(db(), token)
    if link is None or not _is_taking(link):
        return _not_taken(link)
    if ANSWERED in request.cookies and "again" not in request.args:
        return render_template("surveys/answered.html", link=link, token=token)
    return _form_page(link, token, _sheet(link))


@blueprint.post("/s/<token>")
@anonymous
def send_answers(token: str) -> str | tuple[str, int] | Response:
    if not form_is_ours():
        return _given_back(token)
    wait = _counted(token)
    link = link_by_token(db(), token)
    if link is None or not _is_taking(link):
        return _not_taken(link)
    sheet = _sheet(link, sent=True)
    if not sheet.validate():
        return _form_page(link, token, sheet), 422
    if wait:
        return _busy_page(link, token, sheet, wait)
    try:
        answer_survey(db(), link, sheet.values, now=now())
    except NotTakenError as error:
        return _not_taken(link, error.state)
    db().commit()
    return _thanked(token)


@blueprint.get("/s/<token>/thanks")
@anonymous
def thanks(token: str) -> str | tuple[str, int]:
    link = link_by_token(db(), token)
    if link is None:
        return _not_taken(link)
    return render_template("surveys/thanks.html", link=link, token=token)


def _is_taking(link: SurveyLink) -> bool:
    return link.state(today_in_london(now())) is LinkState.TAKING


def _given_back(token: str) -> tuple[str, int]:
    """The page of a form that is too old, with all that was chosen on it."""
    link = link_by_token(db(), token)
    if link is None or not _is_taking(link):
        raise CSRFError()
    return _form_page(link, token, _sheet(link, sent=True), TOO_OLD), 400


def _counted(token: str) -> int:
    """Count one try by this link, whoever it is; how many seconds to wait where it is too many."""
    try:
        count_try(Tried.SURVEY, account=token_digest(token))
    except TooOftenError as error:
        return max(1, math.ceil(error.wait.total_seconds()))
    return 0


def _sheet(link: SurveyLink, sent: bool = False) -> AnswerSheet:
    questionnaire = survey_questionnaire(link.survey, services().whole_catalogue)
    return AnswerSheet(questionnaire, today_in_london(now()), request.form if sent else None)


def _form_page(link: SurveyLink, token: str, sheet: AnswerSheet, notice: str = "") -> str:
    first = sheet.asked[0].form["value"].id
    return render_template(
        "surveys/answer.html",
        link=link,
        token=token,
        questionnaire=survey_questionnaire(link.survey, services().whole_catalogue),
        sheet=sheet,
        errors=[(first, notice)] if notice else sheet.errors,
        today=today_in_london(now()),
    )


def _busy_page(
    link: SurveyLink, token: str, sheet: AnswerSheet, wait: int
) -> tuple[str, int] | Response:
    response = make_response(_form_page(link, token, sheet, BUSY), 429)
    response.headers["Retry-After"] = str(wait)
    return response


def _not_taken(link: SurveyLink | None, state: LinkState | None = None) -> tuple[str, int]:
    """The page of a link that leads to no questions now, or to nothing."""
    if link is None:
        return render_template("surveys/unknown.html"), 404
    state = state or link.state(today_in_london(now()))
    replies = replies_of(db(), link, published_only=True) if state is LinkState.CLOSED else []
    sent = request.method == "POST"
    page = render_template(
        "surveys/not-taken.html",
        link=link,
        state=state,
        replies=replies,
        sent=sent,
        typed=typed_texts() if sent else [],
    )
    return page, 409 if sent else 200


def _thanked(token: str) -> Response:
    response = redirect(url_for("surveys.thanks", token=token), 303)
    response.set_cookie(
        ANSWERED,
        "yes",
        max_age=KEPT_SECONDS,
        path=url_for("surveys.answer", token=token),
        secure=services().settings.uses_tls,
        httponly=True,
        samesite="Lax",
    )
    return response
