"""What people can be to a partnership or an agency, and what there is to be allowed.

Who is allowed what is the table of `s11audit.domain.access`.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is to the installation, to a partnership, to a trust or to an agency."""

    OPERATOR = "operator"
    MANAGER = "manager"
    QA_CHAIR = "qa-chair"
    QA_MEMBER = "qa-member"
    SCRUTINEER = "scrutineer"
    YOUNG_PANELLIST = "young-panellist"
    EDUCATION_REVIEWER = "education-reviewer"
    ASSESSOR = "assessor"
    AGENCY_LEAD = "agency-lead"
    CONTRIBUTOR = "contributor"
    SIGNATORY = "signatory"
    CASE_AUDITOR = "case-auditor"
    TRUST_VIEWER = "trust-viewer"


ROLE_LABELS: dict[Role, str] = {
    Role.OPERATOR: "Operator",
    Role.MANAGER: "Partnership manager",
    Role.QA_CHAIR: "QA subgroup chair",
    Role.QA_MEMBER: "QA subgroup member",
    Role.SCRUTINEER: "Independent scrutineer or lay member",
    Role.YOUNG_PANELLIST: "Young panellist",
    Role.EDUCATION_REVIEWER: "Local authority education reviewer",
    Role.ASSESSOR: "Assessor of a joint assessment",
    Role.AGENCY_LEAD: "Agency lead",
    Role.CONTRIBUTOR: "Contributor",
    Role.SIGNATORY: "Signatory",
    Role.CASE_AUDITOR: "Case auditor",
    Role.TRUST_VIEWER: "Trust viewer",
}

# What a role is held for. A role of one scope says nothing about any other.
INSTALLATION_ROLES: frozenset[Role] = frozenset({Role.OPERATOR})
PARTNERSHIP_ROLES: frozenset[Role] = frozenset(
    {
        Role.MANAGER,
        Role.QA_CHAIR,
        Role.QA_MEMBER,
        Role.SCRUTINEER,
        Role.YOUNG_PANELLIST,
        Role.EDUCATION_REVIEWER,
        Role.ASSESSOR,
    }
)
TRUST_ROLES: frozenset[Role] = frozenset({Role.TRUST_VIEWER})
AGENCY_ROLES: frozenset[Role] = (
    frozenset(Role) - INSTALLATION_ROLES - PARTNERSHIP_ROLES - TRUST_ROLES
)


class Permission(StrEnum):
    """One thing that a person may be allowed to do."""

    USE_ACCOUNT = "sign in and look after the own account"
    SECURE_ACCOUNT = "change how they sign in, and take out their own data"
    RUN_INSTALLATION = "add partnerships and trusts, and share agencies between partnerships"
    SEE_PEOPLE = "see people and agencies"
    EDIT_AGENCIES = "add and change agencies"
    GRANT_ROLES = "invite people, and give, hand over and end roles"
    RUN_PARTNERSHIP = "invite many at once, confirm who has taken over, allow links by e-mail"
    SEE_EVENTS = "search the history"
    SEE_ROUNDS = "see rounds"
    EDIT_ROUNDS = "set up and run rounds"
    SEE_QUESTIONNAIRES = "see questionnaires"
    EDIT_QUESTIONNAIRES = "upload drafts of questionnaires"
    PUBLISH_QUESTIONNAIRES = "publish and withdraw questionnaires"
    SEE_RETURN = "read the agency's own return"
    EDIT_ANSWERS = "answer the agency's return"
    DELEGATE = "delegate standards to contributors"
    COMMENT = "talk with colleagues beside the agency's answers"
    STATE_INSTEAD = "give other assurance, or make a nil return"
    SEND_FOR_SIGN_OFF = "send the agency's return for sign-off"
    SIGN_RETURN = "sign or hand back the agency's return"
    KEEP_RETURN = "download the agency's own return"
    SCRUTINISE = "read returns once they are submitted"
    READ_PLAINLY = "read submitted returns in plain words, without evidence"
    SEND_BACK = "send a submitted return back"
    EXEMPT = "excuse an agency from a round"
    MODERATE = "move a return through moderation"
    EXPORT = "download workbooks and charts of a round"
    SEE_ACTIONS = "see actions"
    PROGRESS_ACTION = "report progress on the agency's actions"
    VERIFY_ACTION = "verify or reopen actions"
    SEE_SURVEYS = "see what staff answered in surveys"
    RUN_SURVEYS = "set up and run surveys of staff"
    REPLY_TO_SURVEYS = "tell staff what was done about what they said"
    SEE_CASE_AUDITS = "see the programme of case audits, and what they taught"
    RUN_CASE_AUDITS = "plan case audits, draw cases, ask agencies and open the panel"
    APPOINT_AUDITORS = "appoint who audits the agency's files on cases"
    SEE_CASE_FILES = "see for which cases the agency's files are asked, and how far they are"
    AUDIT_CASE = "audit the agency's file on a case"
    STATE_NO_INVOLVEMENT = "state that the agency was not involved in a case, and take that back"
    READ_CASES = "read what agencies found on a case, once its panel is open"
    AGREE_GRADES = "discuss cases, agree their grades and write down what they teach"
    SEE_PANELS = "see which panels they sit on"
    READ_AGREED_GRADES = "read agreed grades beside those of the own agency, once signed off"
    ANSWER_CONCERNS = "see immediate concerns about a child, and say what came of them"
    READ_BRIEFINGS = "read learning briefings"
    DELETE_CASE_DATA = "propose and approve that what is held of single cases is deleted"
    SEE_ASSESSMENTS = "see that there is a joint assessment, and how far it is"
    RUN_ASSESSMENTS = "set up joint assessments, name and remind assessors, cancel and close"
    RATE = "rate in a joint assessment, apart from the other assessors"
    READ_RATINGS = "read and compare ratings of a joint assessment, once they are opened"
    AGREE_RATINGS = "open ratings before all are in, and write down what is agreed"
