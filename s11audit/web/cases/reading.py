"""Finding the audit and the case of a page for whoever reads what agencies found on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort
from werkzeug.utils import cached_property

from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.models import CaseAudit
from s11audit.queries.case_audits import audit_of
from s11audit.queries.case_reading import (
    CaseRead,
    all_lacking,
    asked_in,
    audit_taught,
    cases_read,
    is_open,
    sits_on,
)
from s11audit.web.looks import shows
from s11audit.web.security import db, services, viewer

# More digits than this are no number of ours.


@dataclass(frozen=True)
class PanelDesk:
    """An opened audit, laid out for somebody of its panel. `cases` may be one of them only."""

    audit: CaseAudit
    questionnaire: Questionnaire
    cases: Sequence[CaseRead]

    @cached_property
    def may_agree(self) -> bool:
        """Whether the viewer may write down what the panel says, at this moment."""
        return is_open(self.audit) and sits_on(db(), self.audit, visible_to=viewer())

    @cached_property
    def lacking(self) -> list[tuple[CaseRead, Question]]:
        """Every question that still needs an agreed grade."""
        return list(all_lacking(self.cases, self.questionnaire))

    @property
    def standards(self) -> list[Standard]:
        """The parts in which any agency is asked anything, or a grade is agreed."""
        asked = {key for one in self.cases for file in one.involved for key in file.asked}
        asked |= {key for one in self.cases for key in one.agreed}
        return [
            standard
            for standard in self.questionnaire.standards
            if any(question.key in asked for question in standard.questions)
        ]

    def next_after(self, standard: Standard) -> Standard | None:
        ids = [one.id for one in self.standards]
        following = self.standards[ids.index(standard.id) + 1 :] if standard.id in ids else []
        return next(iter(following), None)


def panel_or_404(reference: str, case: str = "") -> PanelDesk:
    """The audit of this reference with its cases, or with the one that is named."""
    audit = audit_of(db(), reference, visible_to=viewer(), to=Permission.READ_CASES)
    if audit is None:
        abort(404)
    shows(audit)
    asked = asked_in(audit, services().catalogue)
    cases = cases_read(db(), audit, asked, case)
    if case and not cases:
        abort(404)
    return PanelDesk(audit, asked, cases)


def reads(audit: CaseAudit) -> bool:
    """Whether the viewer reads the cases of this audit, as one of its panel."""
    to = Permission.READ_CASES
    return audit_of(db(), audit.reference, visible_to=viewer(), to=to) is not None


def domain_or_404(desk: PanelDesk, standard_id: str) -> Standard:
    standard = desk.questionnaire.standard(standard_id)
    if standard is None:
        abort(404)
    return standard


def taught_or_404(reference: str) -> CaseAudit:
    """An audit of which the viewer may see what it taught."""
    audit = audit_taught(db(), reference, visible_to=viewer())
    if audit is None:
        abort(404)
    return audit
