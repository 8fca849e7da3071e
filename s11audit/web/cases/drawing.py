"""The sample of a case audit: its list, how cases are drawn from it, and reserves."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import Field

from s11audit.domain.cases import Drawn
from s11audit.domain.cohort_lists import MOST_ENTRIES
from s11audit.domain.numbers import counted
from s11audit.domain.permissions import Permission
from s11audit.domain.sampling import (
    MOST_STRATA,
    STRATUM_LABELS,
    Size,
    Stratum,
    proportional_sizes,
    strata_of,
    stratum_of,
)
from s11audit.models import AuditCase, CaseAudit
from s11audit.queries.case_sampling import cases_of, cohort_of, entry_of, sizes_of
from s11audit.services.refusals import RefusedError
from s11audit.services.sampling import (
    LISTABLE_STATUSES,
    RESERVE_STATUSES,
    draw,
    known_strata,
    new_seed,
    set_aside,
)
from s11audit.web.cases import blueprint
from s11audit.web.cases.forms import SetAsideForm, whole_number
from s11audit.web.cases.guarding import guard_of_audit
from s11audit.web.cases.pages import audit_to_run, case_to_run
from s11audit.web.fields import TextField, TickField
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, permitted, viewer

Page = str | tuple[str, int] | Response


class DrawForm(FlaskForm):
    """The sizes, a pair of boxes for each stratum (`CountsForm` of these), and the seed."""

    seed = TextField(
        64,
        label="Seed (optional)",
        description="Whoever draws from the same list with the same seed and numbers gets the "
        "same cases. Keep ours, or type your own, such as a number that a colleague named.",
    )
    differs = TickField(label="Draw this number of cases, though another was wanted")
    strata: dict[str, tuple[str, str]]

    @property
    def sizes(self) -> dict[str, Size]:
        """Stratum → what was typed. Raises RefusedError (`sizes`) where it is no number."""
        found = {}
        for name, boxes in self.strata.items():
            cases, reserves = (whole_number(self[box].data or "0", MOST_ENTRIES) for box in boxes)
            if cases is None or reserves is None:
                raise RefusedError("sizes", f"Enter whole numbers for “{name}”, such as 2")
            found[name] = Size(cases, reserves)
        return found

    @property
    def first_box(self) -> Field:
        return self[next(iter(self.strata.values()))[0]]


def draw_form(sizes: dict[str, Size]) -> DrawForm:
    """A form with boxes for these strata, which hold these sizes until others are sent."""
    strata = {name: (f"cases-{_code(name)}", f"reserves-{_code(name)}") for name in sizes}
    boxes: dict[str, TextField] = {}
    for name, (cases, reserves) in strata.items():
        label = f"of {name}"
        boxes[cases] = TextField(4, label=f"Cases {label}", default=str(sizes[name].cases))
        boxes[reserves] = TextField(4, label=f"Reserves {label}", default=str(sizes[name].reserves))
    form: DrawForm = type("CountsForm", (DrawForm,), boxes)(data={"seed": new_seed()})
    form.strata = strata
    return form


@blueprint.get("/case-audits/<audit>/sample")
@permitted(Permission.RUN_CASE_AUDITS)
def sample(audit: str) -> str:
    found = audit_to_run(audit)
    rows = cohort_of(db(), found)
    reserves = [row for row in rows if row.drawn is Drawn.RESERVE]
    return render_template(
        "cases/sample.html",
        audit=found,
        listed=len(rows),
        cases=cases_of(db(), found),
        reserves=sorted(reserves, key=lambda row: (_stratum(found, row), row.draw_order or 0)),
        sizes=sizes_of(db(), found),
        strata=[STRATUM_LABELS[one] for one in Stratum if one in found.strata],
        stratum_of=lambda row: _stratum(found, row),
        may_list=found.status in LISTABLE_STATUSES,
        may_set_aside=found.status in RESERVE_STATUSES,
    )


@blueprint.get("/case-audits/<audit>/sample/draw")
@permitted(Permission.RUN_CASE_AUDITS)
def draw_page(audit: str) -> str:
    found = audit_to_run(audit)
    return _draw_page(found, _form_for(found))


@blueprint.post("/case-audits/<audit>/sample/draw")
@permitted(Permission.RUN_CASE_AUDITS)
def draw_sample(audit: str) -> Page:
    found = audit_to_run(audit)
    form, guard = _form_for(found), guard_of_audit(found)
    if not guard.accepts(form):
        return _draw_page(found, form), 422
    try:
        sizes = form.sizes
        total = sum(size.cases for size in sizes.values())
        expected = total if form.differs.data else None
        drawn = draw(db(), found, sizes, form.seed.data or "", strata=_strata_asked(found),
                     expected=expected, by=viewer(), now=now())  # fmt: skip
    except RefusedError as error:
        _refuse_draw(form, error)
        return _draw_page(found, form), 422
    guard.remember()
    db().commit()
    flash(f"{counted(len(drawn.cases), 'case is', 'cases are')} drawn.", "success")
    return redirect(url_for("cases.sample", audit=found.reference), 303)


@blueprint.get("/case-audits/<audit>/sample/<case>/set-aside")
@permitted(Permission.RUN_CASE_AUDITS)
def case_to_set_aside(audit: str, case: str) -> str:
    found = audit_to_run(audit)
    return _set_aside_page(case_to_run(found, case), SetAsideForm())


@blueprint.post("/case-audits/<audit>/sample/<case>/set-aside")
@permitted(Permission.RUN_CASE_AUDITS)
def set_case_aside(audit: str, case: str) -> Page:
    found = case_to_run(audit_to_run(audit), case)
    form, guard = SetAsideForm(), guard_of_audit(found.audit)
    if not guard.accepts(form):
        return _set_aside_page(found, form), 422
    try:
        new = set_aside(db(), found, form.reason.data or "", by=viewer(), now=now())
    except RefusedError as error:
        refuse(form, error)
        return _set_aside_page(found, form), 422
    guard.remember()
    db().commit()
    instead = f"{new.reference} takes its place" if new else "No reserve was left to take its place"
    flash(f"{found.reference} is set aside. {instead}.", "success")
    return redirect(url_for("cases.sample", audit=found.audit.reference), 303)


def _strata_asked(audit: CaseAudit) -> frozenset[str]:
    """The columns that the address asks for, or else those of the draw before."""
    asked = request.args.getlist("by")
    return known_strata(asked) if asked else audit.strata


def _form_for(audit: CaseAudit) -> DrawForm:
    """The boxes for the strata that are asked for, with sizes that share the cases out."""
    entries = [entry_of(row) for row in cohort_of(db(), audit)]
    counts = {name: len(of) for name, of in strata_of(entries, _strata_asked(audit)).items()}
    if len(counts) > MOST_STRATA:
        counts = {name: len(of) for name, of in strata_of(entries, ()).items()}
    return draw_form(proportional_sizes(counts, audit.cases_wanted))


def _refuse_draw(form: DrawForm, error: RefusedError) -> None:
    field = form.first_box if error.field in {"sizes", "strata"} else form[error.field]
    field.errors = [str(error)]


def _draw_page(audit: CaseAudit, form: DrawForm) -> str:
    entries = [entry_of(row) for row in cohort_of(db(), audit)]
    asked = _strata_asked(audit)
    counts = {name: len(of) for name, of in strata_of(entries, asked).items()}
    return render_template(
        "cases/draw.html",
        audit=audit,
        form=form,
        errors=errors_of(form),
        asked=[one for one in Stratum if one in asked],
        possible=[one for one in Stratum if any(entry.value(one) for entry in entries)],
        labels=STRATUM_LABELS,
        counts=counts,
        listed=len(entries),
        too_many=len(counts) > MOST_STRATA,
        may_draw=audit.status in LISTABLE_STATUSES,
    )


def _set_aside_page(case: AuditCase, form: SetAsideForm) -> str:
    return render_template(
        "cases/set-aside.html",
        case=case,
        audit=case.audit,
        form=form,
        errors=errors_of(form),
        may_set_aside=case.audit.status in RESERVE_STATUSES and case.set_aside_at is None,
    )


def _stratum(audit: CaseAudit, row: object) -> str:
    return stratum_of(entry_of(row), audit.strata)  # type: ignore[arg-type]


def _code(stratum: str) -> str:
    """A short name for the boxes of a stratum, whatever stands in its own."""
    return hashlib.sha256(stratum.encode()).hexdigest()[:10]
