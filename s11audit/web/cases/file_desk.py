"""What every page of an agency's file on a case needs: the file, what it asks, and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, url_for
from werkzeug.utils import cached_property

from s11audit.domain.answers import Answer
from s11audit.domain.case_files import CHILD_AT_RISK
from s11audit.domain.dates import today_in_london
from s11audit.domain.permissions import Permission
from s11audit.domain.shares import EVERYTHING
from s11audit.models import CaseAudit, CaseFile, ImmediateConcern
from s11audit.queries.case_files import concerns_on, own_file
from s11audit.queries.sheets import answers_on
from s11audit.web.looks import shows
from s11audit.web.security import db, now, services, viewer
from s11audit.web.sheet_desk import SheetDesk


@dataclass(frozen=True, kw_only=True)
class FileDesk(SheetDesk):
    """One file, opened by its auditor, with the immediate concerns that were raised on it."""

    file: CaseFile
    concerns: Sequence[ImmediateConcern]

    @property
    def closed_because(self) -> str:
        return self.file.state.not_answered_because or super().closed_because

    @property
    def owner(self) -> CaseAudit:
        return self.file.case.audit

    @property
    def subject(self) -> str:
        return self.file.subject

    @property
    def band(self) -> str:
        return "cases/file-band.html"

    @cached_property
    def lacks_concern(self) -> bool:
        """Whether it says that a child may be at risk now, and nobody has been told."""
        answer = self.all_answers.get(CHILD_AT_RISK, Answer())
        return answer.value == "yes" and self.route.asks(CHILD_AT_RISK) and not self.concerns


def file_of(
    file_id: int, *, to: Permission = Permission.AUDIT_CASE, to_change: bool = False
) -> CaseFile:
    """The file of this id (locked, to change it); one that is not the viewer's is not found."""
    found = own_file(db(), file_id, visible_to=viewer(), to=to, to_change=to_change)
    if found is None:
        abort(404)
    shows(found.case.audit, found.subject)
    return found


def file_desk(file_id: int, *, to_change: bool = False) -> FileDesk:
    """Open the file of this id for its auditor (and lock it, to change it)."""
    file = file_of(file_id, to_change=to_change)
    audit = file.case.audit
    pinned = (audit.questionnaire_id, audit.questionnaire_version, audit.questionnaire_sha256)
    held = answers_on(db(), file.sheet_id)
    return FileDesk(
        file=file,
        sheet=file.sheet,
        concerns=concerns_on(db(), file.id),
        answered_as=file.agency.respondent([audit.partnership]),
        questionnaire=services().catalogue.get(*pinned),
        held=held,
        all_answers={key: one.answer for key, one in held.items()},
        today=today_in_london(now()),
        reads=EVERYTHING,
        writes=EVERYTHING,
        called=file.case.reference,
        filled_by=file.agency.name,
        home=url_for("cases.file", file_id=file.id),
        pages=lambda standard_id: url_for(
            "cases.file_standard", file_id=file.id, standard_id=standard_id
        ),
    )
