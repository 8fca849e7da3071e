"""Which rows of each table a person may touch, as conditions that PostgreSQL holds (`walls.py`)."""

# ruff: noqa: S608 - statements are put together from constants of this package only

from __future__ import annotations

from s11audit.models.assessment_policies import POLICIES_OF_ASSESSMENTS
from s11audit.models.case_policies import POLICIES_OF_CASES
from s11audit.models.policy_words import HOMES_OF_MINE, ME, MINE, OPERATOR, OURS

AGENCIES_OF_OURS = f"(SELECT agency_id FROM agency_partnerships WHERE partnership_id {OURS})"
_ROUNDS_OF_OURS = f"(SELECT round_id FROM round_partnerships WHERE partnership_id {OURS})"


def _seen_in_round(table: str) -> str:
    """That agency in that round is seen by a partnership to which both belong."""
    return (
        "EXISTS (SELECT 1 FROM round_partnerships r JOIN agency_partnerships a"
        " ON a.partnership_id = r.partnership_id"
        f" WHERE r.round_id = {table}.round_id AND a.agency_id = {table}.agency_id"
        f" AND r.partnership_id {OURS})"
    )


# An action out of an answer that only some partnerships ask for is told to those.
_TOLD_TO_US = (
    "(NOT EXISTS (SELECT 1 FROM action_partnerships t WHERE t.action_id = actions.id)"
    " OR EXISTS (SELECT 1 FROM action_partnerships t"
    f" WHERE t.action_id = actions.id AND t.partnership_id {OURS}))"
)
_OF_A_RETURN = "return_id IN (SELECT id FROM agency_returns)"
_OF_OWN_RETURN = f"return_id IN (SELECT id FROM agency_returns o WHERE o.agency_id {MINE})"
_ROUNDS_OF_MINE = f"(SELECT round_id FROM agency_returns o WHERE o.agency_id {MINE})"
_OF_A_PLACE = f"partnership_id {OURS} OR agency_id {MINE} OR agency_id IN {AGENCIES_OF_OURS}"

# What happened to somebody's own account, such as signing in, is for whoever manages that person.
_OF_AN_ACCOUNT = "partnership_id IS NULL AND agency_id IS NULL AND round_id IS NULL"
_PEOPLE_OF_OURS = (
    f"FROM memberships m WHERE m.partnership_id {OURS} OR m.agency_id IN {AGENCIES_OF_OURS}"
)
_OF_OUR_PEOPLE = (
    f"(user_id IN (SELECT m.user_id {_PEOPLE_OF_OURS})"
    f" OR subject IN (SELECT 'user ' || m.user_id {_PEOPLE_OF_OURS}))"
)

# Table → which of its rows a person may touch. Sub-selects are walled themselves; the tables of
# ids, such as `agency_partnerships`, are not, or walls would go in circles.
POLICIES: dict[str, str] = {
    "partnerships": (
        f"{OPERATOR} OR id {OURS} OR id IN {HOMES_OF_MINE}"
        f" OR id IN (SELECT partnership_id FROM round_partnerships"
        f" WHERE round_id IN {_ROUNDS_OF_OURS})"
        " OR id IN (SELECT p.partnership_id FROM round_partnerships p"
        " JOIN agency_returns o ON o.round_id = p.round_id"
        f" WHERE o.agency_id {MINE})"
        # Whose a briefing is that anybody reads.
        " OR id IN (SELECT partnership_id FROM briefings"
        " WHERE issued_at IS NOT NULL AND audience = 'published')"
    ),
    "agencies": f"{OPERATOR} OR id {MINE} OR id IN {AGENCIES_OF_OURS}",
    "trusts": f"{OPERATOR} OR id IN (SELECT trust_id FROM agencies)",
    "memberships": (
        f"{OPERATOR} OR user_id = {ME} OR {_OF_A_PLACE} OR partnership_id IN {HOMES_OF_MINE}"
    ),
    "users": f"{OPERATOR} OR id = {ME} OR id IN (SELECT user_id FROM memberships)",
    "invitations": f"{OPERATOR} OR invited_by_id = {ME} OR {_OF_A_PLACE}",
    "takeover_requests": f"agency_id {MINE} OR agency_id IN {AGENCIES_OF_OURS}",
    "audit_rounds": (
        f"partnership_id {OURS} OR id IN {_ROUNDS_OF_OURS}"
        f" OR id IN (SELECT round_id FROM agency_returns o WHERE o.agency_id {MINE})"
    ),
    "agency_returns": f"agency_id {MINE} OR {_seen_in_round('agency_returns')}",
    "answers": _OF_A_RETURN,
    "scores": _OF_A_RETURN,
    "snapshots": _OF_A_RETURN,
    "signatures": _OF_A_RETURN,
    "delegations": _OF_A_RETURN,
    "reminders": _OF_A_RETURN,
    "side_states": _OF_A_RETURN,
    "answer_files": _OF_A_RETURN,
    "evidence_files": (
        f"agency_id {MINE} OR id IN (SELECT file_id FROM answer_files)"
        " OR id IN (SELECT file_id FROM side_states)"
    ),
    # What colleagues say to one another, and what they are still working on, is the agency's own.
    "ready_standards": _OF_OWN_RETURN,
    "return_comments": _OF_OWN_RETURN,
    "desk_visits": _OF_OWN_RETURN,
    "filled_forms": _OF_OWN_RETURN,
    "local_questions": (
        f"partnership_id {OURS}"
        f" OR (partnership_id IN {HOMES_OF_MINE} AND round_id IN {_ROUNDS_OF_MINE})"
    ),
    "actions": (
        f"agency_id {MINE} OR partnership_id {OURS}"
        f" OR ({_seen_in_round('actions')} AND {_TOLD_TO_US})"
    ),
    "action_notes": "action_id IN (SELECT id FROM actions)",
    **POLICIES_OF_CASES,
    **POLICIES_OF_ASSESSMENTS,
    # Links name their partnership themselves: surveys look at them, and walls go in no circle.
    "surveys": (
        f"partnership_id {OURS}"
        f" OR id IN (SELECT survey_id FROM survey_links s WHERE s.agency_id {MINE})"
    ),
    "survey_links": f"agency_id {MINE} OR partnership_id {OURS}",
    "survey_responses": "link_id IN (SELECT id FROM survey_links)",
    "survey_answers": "response_id IN (SELECT id FROM survey_responses)",
    "survey_replies": "link_id IN (SELECT id FROM survey_links)",
    "questionnaire_versions": (
        f"partnership_id {OURS} OR EXISTS (SELECT 1 FROM audit_rounds q"
        " WHERE q.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND (q.questionnaire_version = questionnaire_versions.version"
        " OR questionnaire_versions.partnership_id IN"
        " (SELECT p.partnership_id FROM round_partnerships p WHERE p.round_id = q.id)))"
        " OR EXISTS (SELECT 1 FROM case_audits c"
        " WHERE c.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND c.questionnaire_version = questionnaire_versions.version)"
        " OR EXISTS (SELECT 1 FROM local_questions l"
        " WHERE l.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND l.partnership_id = questionnaire_versions.partnership_id)"
        " OR EXISTS (SELECT 1 FROM surveys v"
        " WHERE v.questionnaire_id = questionnaire_versions.questionnaire_id"
        " AND v.questionnaire_version = questionnaire_versions.version"
        " AND v.partnership_id = questionnaire_versions.partnership_id)"
    ),
    "events": (
        f"{OPERATOR} OR user_id = {ME} OR partnership_id {OURS}"
        f" OR {_seen_in_round('events')} OR (agency_id IS NULL AND round_id IN {_ROUNDS_OF_OURS})"
        f" OR (round_id IS NULL AND agency_id IN {AGENCIES_OF_OURS})"
        f" OR ({_OF_AN_ACCOUNT} AND {_OF_OUR_PEOPLE})"
    ),
}

# What is written before it belongs to anybody: a person before their role, an agency before its
# partnership.
WRITTEN_FREELY = frozenset({"users", "agencies"})

# Tables without a wall: how people sign in (each row is one person's, and holds no text of any
# partnership), ids only, the head of the history, and mail.
UNWALLED = frozenset(
    {
        "agency_partnerships",
        "round_partnerships",
        "action_partnerships",
        "asked_agencies",
        "event_chain",
        "outgoing_mail",
        "user_sessions",
        "second_factors",
        "recovery_codes",
        "open_identities",
        "sign_in_links",
        "throttles",
        "parked_forms",
    }
)
