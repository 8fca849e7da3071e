"""The files on cases that are asked for: for the lead of an agency, and for each auditor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import render_template

from s11audit.domain.cases import FILE_PROGRESS_LABELS
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.models import Agency, CaseAudit, CaseFile
from s11audit.queries.case_files import own_files
from s11audit.web.cases import blueprint
from s11audit.web.security import db, now, permitted, viewer


@dataclass(frozen=True)
class AskedTogether:
    """The files that one audit asks of one agency, those of cases set aside left out."""

    audit: CaseAudit
    agency: Agency
    files: Sequence[CaseFile]

    @property
    def is_lead(self) -> bool:
        """Whether the viewer appoints who audits them."""
        return viewer().may_in_agency(Permission.APPOINT_AUDITORS, self.agency.id)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be done about them."""
        return not self.files[0].state.not_asked_because

    def is_late(self, today: date) -> bool:
        due_on = self.audit.files_due_on
        return self.is_open and due_on is not None and due_on < today


@blueprint.get("/case-files")
@permitted(Permission.SEE_CASE_FILES)
def files() -> str:
    groups = _together(own_files(db(), visible_to=viewer()))
    return render_template(
        "cases/files.html",
        now_asked=[one for one in groups if one.is_open],
        earlier=[one for one in groups if not one.is_open],
        progress_labels=FILE_PROGRESS_LABELS,
        is_auditor=viewer().may(Permission.AUDIT_CASE),
        today=today_in_london(now()),
    )


def _together(found: Iterable[CaseFile]) -> list[AskedTogether]:
    kept = [one for one in found if one.case.set_aside_at is None]
    grouped = groupby(kept, key=lambda one: (one.case.audit_id, one.agency_id))
    groups = [list(files) for _, files in grouped]
    return [AskedTogether(one[0].case.audit, one[0].agency, one) for one in groups]
