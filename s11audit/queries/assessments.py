"""Joint assessments: which there are, how far they are, and who may rate in them and chair them.

What somebody rated is read by `s11audit.queries.compared_ratings`, and only once it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from s11audit.domain.access import RULES
from s11audit.domain.assessments import AGREED_STATUSES
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, Assessment, Assessor, Membership, Partnership, User
from s11audit.queries import reach
from s11audit.queries.asking import ChangedQuestionnaireError
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.questionnaires.versions import OtherFingerprintError

# Whoever chairs may open ratings and writes down what is agreed, so they hold one of these roles.
RATING_ROLES = frozenset(RULES[Permission.RATE].roles)
CHAIRING_ROLES = frozenset(RULES[Permission.AGREE_RATINGS].roles)


@dataclass(frozen=True)
class Standing:
    """One assessor, and whether they have finished: for whoever runs or chairs, nobody else."""

    assessor_id: int
    label: str
    name: str
    has_finished: bool
    finished_at: datetime | None


def assessments(session: Session, *, visible_to: Viewer) -> list[Assessment]:
    """Every joint assessment that the viewer may know of, the newest first."""
    found = session.scalars(
        select(Assessment)
        .where(reach.assessments(visible_to, Permission.SEE_ASSESSMENTS))
        .options(joinedload(Assessment.partnership), joinedload(Assessment.about_agency))
        .order_by(Assessment.created_at.desc(), Assessment.id.desc())
    )
    return list(found)


def assessment_of(
    session: Session,
    reference: str,
    *,
    visible_to: Viewer,
    to: Permission = Permission.SEE_ASSESSMENTS,
) -> Assessment | None:
    """One joint assessment with its assessors, if the viewer may do this with it."""
    return session.scalars(
        select(Assessment)
        .where(Assessment.reference == reference, reach.assessments(visible_to, to))
        .options(
            joinedload(Assessment.partnership),
            joinedload(Assessment.about_agency),
            joinedload(Assessment.chair),
            selectinload(Assessment.assessors).joinedload(Assessor.user),
        )
    ).one_or_none()


def reaches(
    session: Session, assessment: Assessment, permission: Permission, *, visible_to: Viewer
) -> bool:
    """Whether the viewer may do this with the assessment."""
    within = select(Assessment.id).where(
        Assessment.id == assessment.id, reach.assessments(visible_to, permission)
    )
    return session.scalar(within) is not None


def rates_in(assessment: Assessment, viewer: Viewer) -> bool:
    """Whether the viewer is one of its assessors, whatever else they may do."""
    return any(one.user_id == viewer.user_id for one in assessment.assessors)


def own_place(assessment: Assessment, *, visible_to: Viewer) -> Assessor | None:
    """The viewer’s own place among the assessors, once there is a sheet to rate on."""
    own = [one for one in assessment.assessors if one.user_id == visible_to.user_id]
    return next((one for one in own if one.sheet_id is not None), None)


def standings(assessment: Assessment) -> list[Standing]:
    """How far each assessor is, as they were named; whoever calls has checked who is looking."""
    return [
        Standing(
            one.id,
            one.label,
            one.user.name,
            one.sheet is not None and one.sheet.finished_at is not None,
            one.sheet.finished_at if one.sheet else None,
        )
        for one in assessment.assessors
    ]


def questionnaire_of(assessment: Assessment, catalogue: Catalogue) -> Questionnaire:
    """What is asked: once it was begun, exactly the text that it was pinned to.

    Raises ChangedQuestionnaireError where no such text is there any more.
    """
    id_, version = assessment.questionnaire_id, assessment.questionnaire_version
    try:
        return catalogue.get(id_, version, assessment.questionnaire_sha256)
    except OtherFingerprintError as error:
        raise ChangedQuestionnaireError(
            f"{assessment.reference} was begun with {id_} {version} of fingerprint "
            f"{error.wanted[:12]}, but the file now has {error.found[:12]}: put the original file "
            "back."
        ) from error


def people_with(session: Session, partnership_id: int, roles: frozenset[Role]) -> list[User]:
    """Those who hold one of these roles for the partnership and may sign in, by name."""
    held = select(Membership.user_id).where(
        Membership.partnership_id == partnership_id,
        Membership.role.in_(roles),
        Membership.is_live,
    )
    return list(
        session.scalars(
            select(User)
            .where(User.id.in_(held), User.is_active)
            .order_by(func.lower(User.name), User.id)
        )
    )


def agencies_to_assess(session: Session, partnership_id: int) -> list[Agency]:
    """The agencies of a partnership, which its members may assess as peers, by name."""
    ours = Agency.partnerships.any(Partnership.id == partnership_id)
    return list(session.scalars(select(Agency).where(ours).order_by(Agency.name)))


def earlier_ones(session: Session, partnership_id: int) -> list[Assessment]:
    """The partnership’s assessments whose ratings are agreed, the newest first."""
    return list(
        session.scalars(
            select(Assessment)
            .where(
                Assessment.partnership_id == partnership_id,
                Assessment.status.in_(AGREED_STATUSES),
            )
            .order_by(Assessment.agreed_at.desc())
        )
    )
