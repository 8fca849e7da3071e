"""Which agencies an audit asks for files on its cases, and how far each file is: never more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from s11audit.domain.cases import FileProgress
from s11audit.domain.permissions import Role
from s11audit.models import (
    Agency,
    AnswerSheet,
    AskedAgency,
    AuditCase,
    CaseAudit,
    CaseFile,
    Membership,
    User,
)
from s11audit.queries import reach


@dataclass(frozen=True)
class Progress:
    """Cases by agencies: `files` has (case id, agency id) → how far that file is.

    `agencies` are those asked, by name; cases that were set aside have no files here.
    """

    agencies: tuple[Agency, ...]
    files: Mapping[tuple[int, int], FileProgress]

    @property
    def total(self) -> int:
        """Files that are asked for: those without involvement are not."""
        return sum(1 for one in self.files.values() if one is not FileProgress.NO_INVOLVEMENT)

    @property
    def finished(self) -> int:
        return self.count(FileProgress.FINISHED)

    @property
    def unfinished(self) -> int:
        return self.total - self.finished

    @property
    def without(self) -> int:
        """Files of agencies that were not involved, which leave the count."""
        return self.count(FileProgress.NO_INVOLVEMENT)

    def count(self, *wanted: FileProgress, agency: Agency | None = None) -> int:
        """How many files are that far, of one agency or of all."""
        return sum(
            1
            for (_, agency_id), progress in self.files.items()
            if progress in wanted and (agency is None or agency.id == agency_id)
        )

    def of_agency(self, agency: Agency) -> tuple[int, int]:
        """How many of an agency's files are finished, of how many that are asked for."""
        finished = self.count(FileProgress.FINISHED, agency=agency)
        left_out = self.count(FileProgress.NO_INVOLVEMENT, agency=agency)
        return finished, self.count(*FileProgress, agency=agency) - left_out


def progress_of(session: Session, audit: CaseAudit) -> Progress:
    """How far each file of an audit is; whoever calls has checked who is looking."""
    files = files_of(session, audit)
    return Progress(
        tuple(agencies_asked(session, audit)),
        {(file.case_id, file.agency_id): file.state.progress for file in files},
    )


def files_of(session: Session, audit: CaseAudit) -> list[CaseFile]:
    """Every file on a case of an audit that was not set aside, with its sheet, but no answers."""
    found = (
        select(CaseFile)
        .join(AuditCase, AuditCase.id == CaseFile.case_id)
        .join(AnswerSheet, AnswerSheet.id == CaseFile.sheet_id)
        .options(contains_eager(CaseFile.case), contains_eager(CaseFile.sheet))
        .where(AuditCase.audit_id == audit.id, AuditCase.set_aside_at.is_(None))
        .order_by(CaseFile.id)
    )
    return list(session.scalars(found))


def agencies_asked(session: Session, audit: CaseAudit) -> list[Agency]:
    """The agencies that an audit asks, by name."""
    found = (
        select(Agency)
        .join(AskedAgency, AskedAgency.agency_id == Agency.id)
        .where(AskedAgency.audit_id == audit.id)
        .order_by(Agency.name, Agency.id)
    )
    return list(session.scalars(found))


def agencies_to_ask(session: Session, partnership_id: int) -> list[Agency]:
    """Every agency of a partnership, by type and name; whoever calls has checked who is looking."""
    found = select(Agency).where(Agency.id.in_(reach.agencies_of((partnership_id,))))
    return list(session.scalars(found.order_by(Agency.agency_type, Agency.name, Agency.id)))


def without_lead(session: Session, agencies: Iterable[Agency]) -> list[Agency]:
    """Those of these agencies that have no lead who could appoint auditors."""
    agencies = list(agencies)
    led = _led(session, [agency.id for agency in agencies])
    return [agency for agency in agencies if agency.id not in led]


def _led(session: Session, agency_ids: Collection[int]) -> set[int | None]:
    found = (
        select(Membership.agency_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.agency_id.in_(agency_ids),
            Membership.role == Role.AGENCY_LEAD,
            Membership.is_live,
            User.is_active,
        )
    )
    return set(session.scalars(found))
