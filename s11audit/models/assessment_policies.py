"""Which rows of joint assessments a person may touch. See `s11audit.models.policies`.

What an assessor rated is on a sheet, which nobody else reads until it is opened: that is said in
`s11audit.models.case_policies`.
"""

# ruff: noqa: S608 - statements are put together from constants of this package only

from __future__ import annotations

from s11audit.models.policy_words import ME, MINE, OURS

_ASSESSMENTS_OF_OURS = f"(SELECT a.id FROM assessments a WHERE a.partnership_id {OURS})"

POLICIES_OF_ASSESSMENTS: dict[str, str] = {
    # An agency that sees to an action learns from which assessment it comes.
    "assessments": (
        f"partnership_id {OURS}"
        f" OR id IN (SELECT t.assessment_id FROM actions t WHERE t.agency_id {MINE})"
    ),
    "assessors": f"user_id = {ME} OR assessment_id IN {_ASSESSMENTS_OF_OURS}",
    "agreed_ratings": f"assessment_id IN {_ASSESSMENTS_OF_OURS}",
}
