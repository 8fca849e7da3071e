"""An auditor's pages of one file: its parts, answering them, checking, and being done."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from s11audit.domain.case_files import CHILD_AT_RISK
from s11audit.domain.permissions import Permission
from s11audit.queries.case_files import chronology_of_file, lacking, views_on_file
from s11audit.services.case_files import UnfinishedError, finish_file, note_answers, take_up_file
from s11audit.web.answer_desk import standard_or_404
from s11audit.web.cases import blueprint
from s11audit.web.cases.file_desk import FileDesk, file_desk
from s11audit.web.looks import looks_at
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.sheet_desk import autosave_standard, save_standard, standard_page

Page = str | tuple[str, int] | Response


@blueprint.get("/case-files/<int(max=2147483647):file_id>")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file(file_id: int) -> Page:
    desk = file_desk(file_id)
    if _must_declare(desk):
        return redirect(url_for("cases.conflict", file_id=file_id), 303)
    return render_template(
        "cases/file.html",
        desk=desk,
        file=desk.file,
        events=len(chronology_of_file(db(), file_id)),
        views=len(views_on_file(db(), file_id)),
        lacking=lacking(db(), desk.file, desk.questionnaire),
    )


@blueprint.get("/case-files/<int(max=2147483647):file_id>/standards/<standard_id>")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def file_standard(file_id: int, standard_id: str) -> Page:
    desk = file_desk(file_id)
    if elsewhere := _elsewhere(desk):
        return elsewhere
    return standard_page(desk, standard_or_404(desk, standard_id))


@blueprint.post("/case-files/<int(max=2147483647):file_id>/standards/<standard_id>")
@permitted(Permission.AUDIT_CASE)
def save_file_standard(file_id: int, standard_id: str) -> Page:
    desk = file_desk(file_id, to_change=True)
    asked = standard_or_404(desk, standard_id)
    return save_standard(
        desk, asked, lambda _filled: note_answers(db(), desk.file, by=viewer(), now=now())
    )


@blueprint.post("/case-files/<int(max=2147483647):file_id>/standards/<standard_id>/autosave")
@permitted(Permission.AUDIT_CASE)
def autosave_file_standard(file_id: int, standard_id: str) -> Response:
    desk = file_desk(file_id, to_change=True)
    asked = standard_or_404(desk, standard_id)
    return autosave_standard(
        desk, asked, lambda _filled: note_answers(db(), desk.file, by=viewer(), now=now())
    )


@blueprint.get("/case-files/<int(max=2147483647):file_id>/check")
@permitted(Permission.AUDIT_CASE)
@looks_at("case file", "file_id")
def check_file(file_id: int) -> Page:
    desk = file_desk(file_id)
    if elsewhere := _elsewhere(desk):
        return elsewhere
    return _check_page(desk)


@blueprint.post("/case-files/<int(max=2147483647):file_id>/finish")
@permitted(Permission.AUDIT_CASE)
def finish(file_id: int) -> Page:
    desk = file_desk(file_id, to_change=True)
    if desk.file.state.finished:
        return _to_file(file_id)  # pressed twice
    try:
        finish_file(db(), desk.file, desk.questionnaire, by=viewer(), now=now())
    except UnfinishedError:
        return _check_page(desk), 422
    db().commit()
    flash("This file is finished. Nobody else reads it until the panel opens.", "success")
    return _to_file(file_id)


@blueprint.post("/case-files/<int(max=2147483647):file_id>/take-up")
@permitted(Permission.AUDIT_CASE)
def take_up(file_id: int) -> Response:
    desk = file_desk(file_id, to_change=True)
    if desk.file.state.finished:
        take_up_file(db(), desk.file, by=viewer(), now=now())
        db().commit()
        flash("You can change this file again.", "success")
    return _to_file(file_id)


def _elsewhere(desk: FileDesk) -> Response | None:
    """Where the auditor is sent instead: to declare first, or to where it says what is deleted."""
    if _must_declare(desk):
        return redirect(url_for("cases.conflict", file_id=desk.file.id), 303)
    return _to_file(desk.file.id) if desk.owner.emptied_at else None


def _must_declare(desk: FileDesk) -> bool:
    """Whether whoever was appointed has yet to say if they have a conflict of interest."""
    state = desk.file.state
    return not (state.declared or state.no_involvement or state.not_asked_because)


def _check_page(desk: FileDesk) -> str:
    return render_template(
        "cases/file-check.html",
        desk=desk,
        file=desk.file,
        events=chronology_of_file(db(), desk.file.id),
        views=views_on_file(db(), desk.file.id),
        lacking=lacking(db(), desk.file, desk.questionnaire),
        at_risk=CHILD_AT_RISK,
    )


def _to_file(file_id: int) -> Response:
    return redirect(url_for("cases.file", file_id=file_id), 303)
