"""The list that cases are drawn from: checked line by line and shown before it is kept."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from s11audit.domain.cases import CaseAuditStatus
from s11audit.domain.cohort_lists import MOST_ENTRIES, CohortList, read_cohort
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.sampling import STRATUM_LABELS, Stratum, list_digest, strata_of
from s11audit.models import CaseAudit
from s11audit.queries.case_sampling import cohort_of, entry_of
from s11audit.services.refusals import RefusedError
from s11audit.services.sampling import LISTABLE_STATUSES, keep_list
from s11audit.web.cases import blueprint
from s11audit.web.cases.pages import audit_to_run
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, viewer
from s11audit.web.uploads import UploadKind, received

REPLACE, ADD = "replace", "add"
CHANGED = "The list has changed since you were shown this. Check it, then keep it"


class CohortForm(FlaskForm):
    """A list that is sent as a file or pasted."""

    file = FileField("CSV file", description=f"Up to 2 MB and {MOST_ENTRIES:,} lines")
    text = TextAreaField(
        "Or paste the lines here",
        description="One line for each reference, from a spreadsheet or typed. "
        "A file is used instead",
    )
    how = RadioField(  # type: ignore[call-arg]  # newer than its stubs
        "There is a list already. What becomes of it?",
        [InputRequired("Choose what becomes of the list that is there")],
        choices={REPLACE: "This list replaces it", ADD: "These lines are added to it"},
        default=REPLACE,
        invalid_choice_message="Choose what becomes of the list that is there",
    )

    def read(self) -> str:
        """The lines that were sent, of a file or pasted. Raises RefusedError."""
        if self.file.data and self.file.data.filename:
            self.text.data = received(self.file.data, UploadKind.CSV).text
        return self.text.data or ""


@blueprint.get("/case-audits/<audit>/sample/list")
@permitted(Permission.RUN_CASE_AUDITS)
def cohort_list(audit: str) -> str:
    return _list_page(audit_to_run(audit), CohortForm())


@blueprint.post("/case-audits/<audit>/sample/list")
@permitted(Permission.RUN_CASE_AUDITS)
def check_list(audit: str) -> str | tuple[str, int]:
    found, form = audit_to_run(audit), CohortForm()
    try:
        read = _read(found, form)
    except RefusedError as error:
        refuse(form, error)
        return _list_page(found, form), 422
    page = _list_page(found, form, read)
    return (page, 422) if read.faults or form.errors else page


@blueprint.post("/case-audits/<audit>/sample/list/confirm")
@permitted(Permission.RUN_CASE_AUDITS)
def confirm_list(audit: str) -> str | tuple[str, int] | Response:
    found, form = audit_to_run(audit), CohortForm()
    try:
        read = _read(found, form)
    except RefusedError as error:
        refuse(form, error)
        return _list_page(found, form), 422
    if read.faults or form.errors or _digest(found, read, form) != request.form.get("digest"):
        return _list_page(found, form, read, CHANGED), 422
    replace = form.how.data == REPLACE
    keep_list(db(), found, read.entries, replace=replace, by=viewer(), now=now())
    db().commit()
    flash(f"{counted(len(read.entries), 'reference is', 'references are')} kept.", "success")
    return redirect(url_for("cases.sample", audit=found.reference), 303)


def _read(audit: CaseAudit, form: CohortForm) -> CohortList:
    """What was sent says. Raises RefusedError where it is no list at all."""
    text = form.read()
    if not text.strip():
        raise RefusedError("text", "Choose a file, or paste the lines of one")
    form.validate()
    there = cohort_of(db(), audit) if form.how.data == ADD else ()
    read = read_cohort(text, [row.local_reference for row in there])
    if len(read.entries) + len(there) > MOST_ENTRIES:
        raise RefusedError("text", f"A list has at most {MOST_ENTRIES:,} references")
    return read


def _digest(audit: CaseAudit, read: CohortList, form: CohortForm) -> str:
    """Tells whether what would be kept is what was shown."""
    there = list_digest(entry_of(row) for row in cohort_of(db(), audit))
    parts = (there, list_digest(read.entries), form.how.data or "")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _list_page(
    audit: CaseAudit, form: CohortForm, read: CohortList | None = None, problem: str = ""
) -> str:
    errors = errors_of(form)
    if read and read.faults:
        many = counted(len(read.faults), "fault")
        errors = [("faults", f"The list has {many}, shown below. Nothing is kept yet"), *errors]
    elif problem:
        errors = [("plan", problem), *errors]
    entries = read.entries if read else ()
    used = [one for one in Stratum if any(entry.value(one) for entry in entries)]
    return render_template(
        "cases/list.html",
        audit=audit,
        form=form,
        plan=read,
        errors=errors,
        digest=_digest(audit, read, form) if read else "",
        counts=[
            (STRATUM_LABELS[one], {name: len(of) for name, of in strata_of(entries, {one}).items()})
            for one in used
        ],
        there=len(cohort_of(db(), audit)),
        may_change=audit.status in LISTABLE_STATUSES,
        is_drawn=audit.status is CaseAuditStatus.SAMPLED,
    )
