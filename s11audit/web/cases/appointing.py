"""The agency lead says who audits the agency's files."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form, HiddenField, RadioField
from wtforms.validators import InputRequired

from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.models import CaseFile
from s11audit.queries.case_files import beside, case_auditors_of
from s11audit.services.case_files import appoint
from s11audit.services.refusals import RefusedError
from s11audit.web.cases import blueprint
from s11audit.web.cases.file_desk import file_of
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.own_links import own_link, sends_mail
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response
NOBODY = "nobody"
THIS, FREE, ALL = "this", "free", "all"


class AppointForm(Form):
    """Who audits which of an agency's files in one audit. `seen` is who did, as the page said."""

    auditor = RadioField("Who audits this file?", [InputRequired("Choose who audits this file")])
    which = RadioField(
        "Which files?", [InputRequired("Choose which files")], default=THIS, choices=()
    )
    seen = HiddenField()

    def choose_from(self, file: CaseFile, files: Sequence[CaseFile]) -> None:
        """Offer the agency's case auditors, and the files that can change hands."""
        people = case_auditors_of(db(), file.agency_id)
        offered = [(str(one.user_id), one.name) for one in people]
        self.auditor.choices = [*offered, (NOBODY, "Nobody yet")] if file.auditor_id else offered
        free = sum(1 for one in files if one.auditor_id is None)
        self.which.choices = [(THIS, f"Only case {file.case.reference}")]
        if len(files) > 1:
            self.which.choices += [
                (FREE, f"This one, and {counted(free, 'file')} that nobody audits yet"),
                (ALL, f"All {len(files)} files that are asked of your agency"),
            ]

    def chosen(self, file: CaseFile, files: Sequence[CaseFile]) -> list[CaseFile]:
        wanted = {
            THIS: lambda one: False,
            FREE: lambda one: one.auditor_id is None,
            ALL: lambda one: True,
        }[self.which.data]
        return [one for one in files if one.id == file.id or wanted(one)]

    @property
    def auditor_id(self) -> int | None:
        return None if self.auditor.data == NOBODY else int(self.auditor.data)


@blueprint.get("/case-files/<int(max=2147483647):file_id>/auditor")
@permitted(Permission.APPOINT_AUDITORS)
def auditor(file_id: int) -> str:
    file = file_of(file_id, to=Permission.APPOINT_AUDITORS)
    held = str(file.auditor_id or "")
    return _page(file, AppointForm(data={"auditor": held, "which": THIS, "seen": held}))


@blueprint.post("/case-files/<int(max=2147483647):file_id>/auditor")
@permitted(Permission.APPOINT_AUDITORS)
def appoint_auditor(file_id: int) -> Page:
    file = file_of(file_id, to=Permission.APPOINT_AUDITORS, to_change=True)
    files, form = _changeable(file), AppointForm(request.form)
    form.choose_from(file, files)
    if not form.validate():
        return _page(file, form), 422
    if form.seen.data != str(file.auditor_id or "") and form.auditor_id != file.auditor_id:
        return _page(file, form, meanwhile=True), 409
    link = own_link(url_for("cases.files")) if sends_mail() else ""
    try:
        chosen, who = form.chosen(file, files), form.auditor_id
        changed = appoint(db(), chosen, who, by=viewer(), now=now(), link=link)
    except RefusedError as error:
        refuse(form, error)
        return _page(file, form), 422
    db().commit()
    said = f"Who audits {counted(changed, 'file')} is saved." if changed else "Nothing has changed."
    flash(said, "success" if changed else "message")
    return redirect(url_for("cases.files"), 303)


def _changeable(file: CaseFile) -> list[CaseFile]:
    """This file, and those beside it that are asked for now; this one in any case."""
    files = beside(db(), file)
    return [one for one in files if one.id == file.id or _can_change(one)]


def _can_change(file: CaseFile) -> bool:
    return not (file.state.not_asked_because or file.state.no_involvement or file.state.finished)


def _page(file: CaseFile, form: AppointForm, *, meanwhile: bool = False) -> str:
    """The page; `meanwhile` somebody else has appointed whoever it names."""
    form.choose_from(file, _changeable(file))
    form.seen.data = str(file.auditor_id or "")
    return render_template(
        "cases/auditor.html",
        file=file,
        form=form,
        errors=errors_of(form),
        meanwhile=meanwhile,
        sends_mail=sends_mail(),
    )
