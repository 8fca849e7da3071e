"""Files that support the answers of a return: adding them, using them again, taking them away."""

from __future__ import annotations

import re
from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from s11audit.domain.answers import takes_files
from s11audit.domain.guard.policy import Place
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question
from s11audit.queries.evidence import MOST_LISTED, files_to_choose, own_file, unused_files
from s11audit.services.evidence import (
    add_file,
    delete_file,
    may_delete,
    remember_malware,
    take_away,
    use_again,
)
from s11audit.services.evidence_sweeping import drop_content
from s11audit.services.refusals import RefusedError
from s11audit.web.evidence_downloads import download_evidence
from s11audit.web.evidence_intake import MalwareError, evidence_store, file_box, taken_in
from s11audit.web.guard import Guard
from s11audit.web.returns import blueprint
from s11audit.web.returns.desk import Desk, desk_of
from s11audit.web.security import db, machine, now, permitted, viewer

Page = str | tuple[str, int] | Response

_NUMBER = re.compile("[0-9]{1,9}")
# The longest part of a name to look for.
LONGEST_SEARCH = 100
# Of more files than this not all are looked through; a box to look for one helps.
SEARCHED_FROM = 8


@blueprint.get("/<reference>/files")
@permitted(Permission.SEE_RETURN)
def evidence(reference: str) -> str:
    desk = desk_of(reference)
    return render_template(
        "returns/evidence.html",
        desk=desk,
        supported=_supported(desk),
        unused=unused_files(db(), desk.agency_return, visible_to=viewer()),
        may_delete=partial(may_delete, agency_return=desk.agency_return, by=viewer()),
    )


@blueprint.get("/<reference>/files/<int(max=2147483647):file_id>")
@permitted(Permission.SEE_RETURN)
def file(reference: str, file_id: int) -> Response:
    desk = desk_of(reference)
    found = own_file(db(), desk.agency_return, file_id, visible_to=viewer())
    if found is None:
        abort(404)
    return download_evidence(found, desk.agency_return)


@blueprint.post("/<reference>/files/<int(max=2147483647):file_id>/delete")
@permitted(Permission.EDIT_ANSWERS)
def delete_own_file(reference: str, file_id: int) -> Response:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    try:
        deleted = delete_file(db(), desk.agency_return, file_id, by=viewer(), now=now())
    except RefusedError as error:
        db().rollback()
        flash(f"{error}.")
        return redirect(url_for("returns.evidence", reference=reference), 303)
    if deleted is None:
        abort(404)
    db().commit()
    with machine() as session:
        drop_content(session, evidence_store(), deleted.sha256)
    flash(f"“{deleted.name}” is deleted.", "success")
    return redirect(url_for("returns.evidence", reference=reference), 303)


@blueprint.get("/<reference>/questions/<key>/files")
@permitted(Permission.SEE_RETURN)
def question_files(reference: str, key: str) -> str:
    desk = desk_of(reference)
    return _page(desk, _question_or_404(desk, key))


@blueprint.post("/<reference>/questions/<key>/files")
@permitted(Permission.EDIT_ANSWERS)
def add_question_file(reference: str, key: str) -> Page:
    _question_or_404(desk_of(reference, to=Permission.EDIT_ANSWERS), key, to_change=True)
    db().rollback()  # nobody waits for us while the file is looked at and kept
    guard = Guard(Place.FILES, f"return {reference}")
    try:
        new = taken_in(request.files.get("file"))
        told = guard.check_file(new.name, new.raw)
        desk = _desk_to_change(reference, key)
        store, moment = evidence_store(), now()
        added = add_file(
            db(), desk.agency_return, key, new, desk.chain, store=store, by=viewer(), now=moment
        )
    except RefusedError as error:
        return _refused(reference, key, error)
    guard.of = desk.agency_return
    guard.remember()
    db().commit()
    flash(f"“{added.name}” is added.", "success")
    if told:
        flash(f"The file seems to hold {told}. Delete it if that could identify a child.")
    return _to_question(reference, key)


@blueprint.post("/<reference>/questions/<key>/files/use-again")
@permitted(Permission.EDIT_ANSWERS)
def use_files_again(reference: str, key: str) -> Page:
    desk = _desk_to_change(reference, key)
    chosen = [int(one) for one in request.form.getlist("files") if _NUMBER.fullmatch(one)]
    try:
        if not chosen:
            raise RefusedError("files", "Tick the files that support this answer")
        moment = now()
        number = use_again(
            db(), desk.agency_return, key, chosen, desk.chain, by=viewer(), now=moment
        )
    except RefusedError as error:
        return _refused(reference, key, RefusedError("files", str(error)))
    db().commit()
    flash(f"{counted(number, 'file is', 'files are')} added.", "success")
    return _to_question(reference, key)


@blueprint.post("/<reference>/questions/<key>/files/<int(max=2147483647):file_id>/remove")
@permitted(Permission.EDIT_ANSWERS)
def remove_question_file(reference: str, key: str, file_id: int) -> Response:
    desk = _desk_to_change(reference, key)
    taken = take_away(db(), desk.agency_return, key, file_id, by=viewer(), now=now())
    db().commit()
    told = "no longer supports this answer. Your agency keeps it, to use again or to delete"
    flash(f"The file {told}." if taken else "That file was removed already.", "success")
    return _to_question(reference, key)


def _desk_to_change(reference: str, key: str) -> Desk:
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS, to_change=True)
    _question_or_404(desk, key, to_change=True)
    return desk


def _question_or_404(desk: Desk, key: str, to_change: bool = False) -> Question:
    """A question of the return that takes files and is the viewer's to read, or to answer."""
    share = desk.writes if to_change else desk.reads
    standard_id = key.partition(".")[0]
    for question in desk.questions_on_page(standard_id) if share.has_question(key) else ():
        if question.key == key and takes_files(question):
            return question
    abort(404)


def _supported(desk: Desk) -> dict[str, list[Question]]:
    """Standard id → its asked questions that have files, of the standards that the viewer sees."""
    found = {
        standard.id: [one for one in desk.route.asked[standard.id] if one.key in desk.files]
        for standard in desk.standards
    }
    return {id_: questions for id_, questions in found.items() if questions}


def _refused(reference: str, key: str, error: RefusedError) -> tuple[str, int]:
    """The page again, with what is wrong beside its box; malware is remembered, but not kept."""
    db().rollback()
    if isinstance(error, MalwareError):
        desk = _desk_to_change(reference, key)
        remember_malware(db(), desk.agency_return, key, error.found, by=viewer(), now=now())
        db().commit()
    desk = desk_of(reference, to=Permission.EDIT_ANSWERS)
    return _page(desk, _question_or_404(desk, key), [(error.field, str(error))]), 422


def _page(desk: Desk, question: Question, errors: list[tuple[str, str]] | None = None) -> str:
    called = request.args.get("called", "").strip()[:LONGEST_SEARCH]
    agency_return = desk.agency_return
    choice = files_to_choose(db(), agency_return, question.key, visible_to=viewer(), called=called)
    return render_template(
        "returns/question-files.html",
        desk=desk,
        question=question,
        standard=next(one for one in desk.standards if one.id == question.standard_id),
        errors=errors or [],
        choice=choice[:MOST_LISTED],
        has_more=len(choice) > MOST_LISTED,
        is_searchable=bool(called) or len(choice) > SEARCHED_FROM,
        called=called,
        **file_box(),
    )


def _to_question(reference: str, key: str) -> Response:
    return redirect(url_for("returns.question_files", reference=reference, key=key), 303)
