"""Which rows of case audits and of sheets a person may touch. See `s11audit.models.policies`."""

# ruff: noqa: S608 - statements are put together from constants of this package only

from __future__ import annotations

from s11audit.models.policy_words import HOMES_OF_MINE, ME, MINE, OURS

_ASKED_OF_US = (
    f"EXISTS (SELECT 1 FROM asked_agencies k WHERE k.audit_id = {{}} AND k.agency_id {MINE})"
)
_AUDITS_OF_OURS = f"(SELECT a.id FROM case_audits a WHERE a.partnership_id {OURS})"
_CASES_OF_OURS = f"(SELECT c.id FROM audit_cases c WHERE c.audit_id IN {_AUDITS_OF_OURS})"
# Others than whoever fills a sheet read it once it is opened.
_IS_READABLE = (
    f"(s.agency_id {MINE} OR s.user_id = {ME}"
    f" OR (s.opened_at IS NOT NULL AND s.partnership_id {OURS}))"
)
_READABLE_SHEETS = f"(SELECT s.id FROM answer_sheets s WHERE {_IS_READABLE})"
_READABLE_FILES = f"(SELECT f.id FROM case_files f WHERE f.sheet_id IN {_READABLE_SHEETS})"

POLICIES_OF_CASES: dict[str, str] = {
    "case_audits": f"partnership_id {OURS} OR {_ASKED_OF_US.format('case_audits.id')}",
    "cohort_entries": (
        f"audit_id IN {_AUDITS_OF_OURS} OR id IN (SELECT c.entry_id FROM audit_cases c"
        f" JOIN case_files f ON f.case_id = c.id WHERE f.agency_id {MINE})"
    ),
    "sample_sizes": f"audit_id IN {_AUDITS_OF_OURS}",
    "panel_members": "audit_id IN (SELECT id FROM case_audits)",
    "audit_cases": "audit_id IN (SELECT id FROM case_audits)",
    # Whose part it is and how far it has come; what it says is for its agency until it is opened.
    "case_files": (
        f"agency_id {MINE} OR sheet_id IN"
        f" (SELECT s.id FROM answer_sheets s WHERE s.partnership_id {OURS})"
    ),
    "answer_sheets": f"agency_id {MINE} OR user_id = {ME} OR partnership_id {OURS}",
    "sheet_answers": f"sheet_id IN {_READABLE_SHEETS}",
    "case_events": f"file_id IN {_READABLE_FILES}",
    "case_views": f"file_id IN {_READABLE_FILES}",
    "immediate_concerns": "file_id IN (SELECT id FROM case_files)",
    "panel_notes": f"case_id IN {_CASES_OF_OURS}",
    "agreed_grades": (
        f"case_id IN {_CASES_OF_OURS} OR case_id IN (SELECT f.case_id FROM case_files f"
        " JOIN audit_cases c ON c.id = f.case_id JOIN case_audits a ON a.id = c.audit_id"
        f" WHERE f.agency_id {MINE} AND a.signed_off_at IS NOT NULL)"
    ),
    "findings": f"audit_id IN {_AUDITS_OF_OURS}",
    "recommendations": (
        f"audit_id IN {_AUDITS_OF_OURS}"
        f" OR id IN (SELECT recommendation_id FROM actions t WHERE t.agency_id {MINE})"
    ),
    "audit_measures": f"audit_id IN {_AUDITS_OF_OURS}",
    "briefings": (
        f"partnership_id {OURS} OR (issued_at IS NOT NULL"
        f" AND (audience = 'published' OR partnership_id IN {HOMES_OF_MINE}))"
    ),
    "case_deletions": f"audit_id IN {_AUDITS_OF_OURS}",
}
