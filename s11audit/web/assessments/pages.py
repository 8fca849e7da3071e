"""The blueprint that the views of joint assessments share, and finding the one of an address."""

from __future__ import annotations

from flask import Blueprint, abort

from s11audit.domain.guard.policy import Place
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.models import Assessment
from s11audit.queries.assessments import assessment_of, questionnaire_of, rates_in, reaches
from s11audit.web.guard import Guard
from s11audit.web.security import db, services, viewer

blueprint = Blueprint("assessments", __name__, url_prefix="/assessments")


def assessment_or_404(reference: str, to: Permission = Permission.SEE_ASSESSMENTS) -> Assessment:
    """The assessment of this reference, if the viewer may do this with it just now."""
    found = assessment_of(db(), reference, visible_to=viewer(), to=to)
    if found is None:
        abort(404)
    return found


def may(assessment: Assessment, permission: Permission) -> bool:
    """Whether the viewer may do this with it. Whoever rates in it does not write for all."""
    if permission is Permission.AGREE_RATINGS and rates_in(assessment, viewer()):
        return False
    return reaches(db(), assessment, permission, visible_to=viewer())


def guard_of(assessment: Assessment) -> Guard:
    """Looks at its title, at reasons for its steps, and the like."""
    return Guard(Place.COMMENTS, f"joint assessment {assessment.reference}", of=assessment)


def asked_in(assessment: Assessment) -> Questionnaire:
    """The questionnaire of an assessment."""
    return questionnaire_of(assessment, services().catalogue)
