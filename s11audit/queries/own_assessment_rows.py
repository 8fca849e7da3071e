"""The tables about joint assessments that hold rows of a person, and what that person is told.

What they rated stands on their own page; the questions that they answered are told with the other
sheets (`own_case_rows`).
"""

from __future__ import annotations

from sqlalchemy import Executable, select

from s11audit.models import AgreedRating, Assessment, Assessor, User
from s11audit.queries.own_return_rows import Table


def _named(user: User) -> Executable:
    return (
        select(
            Assessment.reference.label("joint_assessment"), Assessor.label.label("you_speak_for")
        )
        .join(Assessment, Assessment.id == Assessor.assessment_id)
        .where(Assessor.user_id == user.id)
        .order_by(Assessment.id)
    )


def _chaired(user: User) -> Executable:
    return (
        select(Assessment.reference.label("joint_assessment"))
        .where(Assessment.chair_id == user.id)
        .order_by(Assessment.id)
    )


def _agreed(user: User) -> Executable:
    return (
        select(
            Assessment.reference.label("joint_assessment"),
            AgreedRating.question_key.label("question"),
            AgreedRating.agreed_at,
        )
        .join(Assessment, Assessment.id == AgreedRating.assessment_id)
        .where(AgreedRating.agreed_by_id == user.id)
        .order_by(Assessment.id, AgreedRating.question_key)
    )


TABLES_OF_ASSESSMENTS: tuple[Table, ...] = (
    Table("assessor", "Joint assessments that name you", "For whom you rate in each", _named),
    Table("chaired_assessments", "Joint assessments that you chair", "By reference", _chaired),
    Table(
        "agreed_ratings",
        "Agreed ratings that you wrote down",
        "Of which question of which joint assessment",
        _agreed,
    ),
)
