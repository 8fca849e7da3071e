"""Pages for when something is wrong: what happened, and what to do next, in plain English."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from s11audit.domain.numbers import counted
from s11audit.domain.steps import StepNotAllowedError
from s11audit.queries.asking import ChangedQuestionnaireError
from s11audit.questionnaires import QuestionnaireFaultsError, UnknownQuestionnaireError
from s11audit.services.returns import RoundNotOpenError
from s11audit.services.throttling import TooOftenError
from s11audit.web.given_back import typed_texts
from s11audit.web.logs import without_secrets
from s11audit.web.scripted import wants_json

logger = logging.getLogger(__name__)

# A browser reads no page before it has sent everything, so this much is let in to be thrown away.
MOST_THROWN_AWAY = 512 * 1024 * 1024
PIECE = 1024 * 1024


@dataclass(frozen=True)
class Problem:
    """What a page of this status says."""

    heading: str
    sentences: tuple[str, ...]


PROBLEMS: dict[int, Problem] = {
    400: Problem(
        "We could not read what was sent",
        ("Go back to the page you came from and try again.",),
    ),
    401: Problem(
        "You had been signed out",
        (
            "Nothing was saved just now. What you saved before is safe.",
            "Copy what you typed from below, sign in, and put it in again.",
        ),
    ),
    403: Problem(
        "You do not have access to this page",
        (
            "Your role does not include it.",
            "If you think it should, ask your partnership manager.",
        ),
    ),
    404: Problem(
        "Page not found",
        (
            "If you typed the address, check that it is correct.",
            "If you followed a link, the page may not be yours to see, or may have moved.",
        ),
    ),
    405: Problem("This page cannot be used like that", ("Go back and use the page's buttons.",)),
    409: Problem("This has already changed", ("Go back, reload the page and look again.",)),
    410: Problem(
        "This was sent already",
        (
            "What we had kept for you was sent once before, or thrown away.",
            "Look at the page that it was for before you send anything again.",
        ),
    ),
    413: Problem(
        "What you sent is too large",
        (
            "Nothing was saved. Use your browser's back button: what you typed is still there.",
            "Shorten the longest texts, then save again.",
        ),
    ),
    500: Problem(
        "Sorry, there is a problem",
        (
            "It is our fault, not yours. What you saved before is safe.",
            "Use your browser’s back button and try again in a few minutes.",
        ),
    ),
    503: Problem(
        "The service is busy",
        (
            "Nothing was saved just now. What you saved before is safe.",
            "Wait a minute, go back to the page that you came from, and try again.",
        ),
    ),
}
NO_QUESTIONNAIRE = Problem(
    "The questions of this round cannot be shown",
    (
        "Its questionnaire file was changed, moved or damaged after the round was set up. "
        "Answers already saved are safe.",
        "Whoever runs this installation can put the file back; the server's log names it.",
    ),
)
NO_ROOM = Problem(
    "There is no room left to save anything",
    (
        "The place where answers are kept is full. Nothing was saved just now; what you saved "
        "before is safe, and can be read.",
        "Copy what you typed from below, or leave the page open. Tell your partnership’s office: "
        "whoever runs this service has to make room first.",
    ),
)
FILE_TOO_LARGE = Problem(
    "The file that you sent is too large",
    (
        "Nothing was saved just now. What you saved before is safe.",
        "Go back and choose a smaller file. A large document can be split, or saved with smaller "
        "pictures.",
    ),
)
TOO_OFTEN = Problem(
    "You have tried too many times",
    ("If it was not you who tried so often, tell the partnership’s office.",),
)
FORM_TOO_OLD = Problem(
    "We could not check that form",
    (
        "This can happen when you have signed out, or signed in again, in another tab.",
        "Nothing was saved. Go back to the page that you came from, reload it, and try again.",
    ),
)


def init_app(app: Flask) -> None:
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(TooOftenError, _too_often)
    app.register_error_handler(StepNotAllowedError, _step_not_allowed)
    app.register_error_handler(RoundNotOpenError, _step_not_allowed)
    for missing in (ChangedQuestionnaireError, UnknownQuestionnaireError, QuestionnaireFaultsError):
        app.register_error_handler(missing, _no_questionnaire)
    app.register_error_handler(PermissionError, _not_permitted)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def problem_page(problem: Problem, status: int) -> tuple[str | Response, int]:
    if wants_json():
        return jsonify(problem=problem.heading, sentences=problem.sentences), status
    typed = typed_texts() if request.method == "POST" else []
    return render_template("error.html", problem=problem, status=status, typed=typed), status


def _form_too_old(_error: CSRFError) -> tuple[str | Response, int]:
    return problem_page(FORM_TOO_OLD, 400)


def _too_often(error: TooOftenError) -> tuple[str | Response, int, dict[str, str]]:
    """In the same words whether or not what was tried exists."""
    minutes = -(-error.wait // timedelta(minutes=1))
    wait = f"Wait {counted(minutes, 'minute')}, then try again."
    page, status = problem_page(Problem(TOO_OFTEN.heading, (wait, *TOO_OFTEN.sentences)), 429)
    return page, status, {"Retry-After": str(math.ceil(error.wait.total_seconds()))}


def _step_not_allowed(error: StepNotAllowedError | RoundNotOpenError) -> tuple[str | Response, int]:
    problem = Problem(PROBLEMS[409].heading, (str(error), *PROBLEMS[409].sentences))
    return problem_page(problem, 409)


def _no_questionnaire(error: Exception) -> tuple[str | Response, int]:
    logger.error("Could not answer %s: %s", without_secrets(request.path), error)
    return problem_page(NO_QUESTIONNAIRE, 500)


def _no_database(error: OperationalError) -> tuple[str | Response, int]:
    """Somebody holds the database for longer than we wait, or its server is away."""
    path = without_secrets(request.path)
    logger.error("Could not answer %s %s: %s", request.method, path, error.orig)
    return problem_page(NO_ROOM if _is_for_want_of_room(error) else PROBLEMS[503], 503)


def _is_for_want_of_room(error: OperationalError) -> bool:
    """Whether the disk of SQLite, or of PostgreSQL's server, is full."""
    by_sqlite = getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL"
    return by_sqlite or getattr(error.orig, "sqlstate", "") == "53100"


def _not_permitted(_error: PermissionError) -> tuple[str | Response, int]:
    return problem_page(PROBLEMS[403], 403)


def _http_problem(error: HTTPException) -> tuple[str | Response, int]:
    status = error.code or 500
    if status == 413:
        _throw_away_the_rest()
        if request.mimetype == "multipart/form-data":
            return problem_page(FILE_TOO_LARGE, status)
    return problem_page(PROBLEMS.get(status, PROBLEMS[400 if status < 500 else 500]), status)


def _unexpected(error: Exception) -> tuple[str | Response, int]:
    path = without_secrets(request.path)
    logger.exception("Could not answer %s %s", request.method, path, exc_info=error)
    return problem_page(PROBLEMS[500], 500)


def _throw_away_the_rest() -> None:
    """Read what is still being sent: a browser cut off shows its own error, not our page."""
    body = request.environ["wsgi.input"]
    for _ in range(MOST_THROWN_AWAY // PIECE):
        if not body.read(PIECE):
            return
