"""Every route, for every role, with things near and far: in or out as the table of rules says.

The routes are the application's own, so a new one is in the matrix at once; where its address has
a variable part that stands for nothing yet, the test says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from s11audit.domain.access import RULES, Thing
from s11audit.domain.actions import ACTION_STEPS, ActionSource
from s11audit.domain.assessments import ASSESSMENT_STEPS, AssessmentStatus
from s11audit.domain.cases import (
    CASE_AUDIT_STEPS,
    AuditKind,
    CaseAuditStatus,
    ViewOf,
    case_reference,
)
from s11audit.domain.permissions import AGENCY_ROLES, PARTNERSHIP_ROLES, Permission, Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.surveys import SURVEY_STEPS
from s11audit.domain.versions import VERSION_STEPS
from s11audit.domain.viewers import Place, Viewer
from s11audit.domain.workflow import RETURN_STEPS, ROUND_STEPS, ReturnStatus, RoundStatus
from s11audit.models import (
    Action,
    Agency,
    AgencyReturn,
    AnswerFile,
    AnswerSheet,
    Assessment,
    Assessor,
    AuditCase,
    AuditRound,
    Briefing,
    CaseAudit,
    CaseDeletion,
    CaseEvent,
    CaseFile,
    CaseView,
    Delegation,
    EvidenceFile,
    ImmediateConcern,
    Invitation,
    Membership,
    Partnership,
    Score,
    Signature,
    Snapshot,
    SurveyReply,
    TakeoverRequest,
    Trust,
    User,
)
from s11audit.models.database import Database
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries.people import as_viewer
from s11audit.services.case_audits import PLAIN_STEPS
from s11audit.web.security import declared_permission, is_public
from tests.cast import LONG_AGO, PASSWORD_HASH, Cast
from tests.contents import kept
from tests.full_cases import CERTIFICATE
from tests.pages import Pages
from tests.panels import plain_audit
from tests.rounds_and_returns import IN_SPRING, NOON, Opened
from tests.surveys import answer, close, link_for, make_survey

pytestmark = pytest.mark.slow

# Where the matrix looks from: a role for an agency is the police's, one for a trust that of the
# school, one for a partnership Downshire's.
NEAR, BESIDE, FAR = "the police", "a school of the same partnership", "another partnership's police"
AGENCY_OF = {NEAR: "POL", BESIDE: "SCH", FAR: "FARPOL"}
ROUND_OF = {NEAR: "R1", BESIDE: "R1", FAR: "F1"}
# What stands for a variable of an address that is the same wherever one looks.
EXAMPLES = {
    "standard": "leadership",
    "standard_id": "leadership",
    "name": "rag-by-standard",
    "picture": "svg",
    "id": "small",
    "version": "1",
    "old": "1",
    "new": "1",
    "token": "not-a-token",
    "number": 1,
    "asker": "DOWN",
    "identity_id": 1,
    "session_id": 999,
    "key": "leadership.board-lead",
    "form_id": 999,
}
STEPS = {
    "/rounds/<reference>/steps/<step>": ROUND_STEPS,
    "/rounds/<reference>/returns/<agency>/steps/<step>": tuple(
        step
        for step in RETURN_STEPS
        if step.permission in (Permission.SEND_BACK, Permission.MODERATE, Permission.EXEMPT)
    ),
    "/actions/<reference>/steps/<step>": ACTION_STEPS,
    # Finishing does by itself what whoever rates may.
    "/assessments/<assessment>/steps/<step>": tuple(
        step for step in ASSESSMENT_STEPS if step.permission is not Permission.RATE
    ),
    "/questionnaires/<id>/<version>/steps/<step>": VERSION_STEPS,
    "/case-audits/<audit>/steps/<step>": tuple(
        step for step in CASE_AUDIT_STEPS if step.name in PLAIN_STEPS
    ),
    "/surveys/<reference>/steps/<step>": SURVEY_STEPS,
}
# Questionnaires that come with the software are everybody's who may see any; links and one's own
# account are no place's.
NOWHERE = ("/questionnaires/", "/join/", "/account/", "/sign-in/")
REFUSED = {401, 403, 404}
# Left out: whoever uses the first two is at the sign-in page afterwards, like whoever is refused;
# the others answer nobody here (no passkeys at this address, no earlier version to compare, no form
# that they themselves have sent).
LEFT_OUT = {
    "/sign-out",
    "/account/sessions/end-all",
    "/account/second-factors/passkey",
    "/sign-in/passkey",
    "/returns/<reference>/changes",
    "/returns/<reference>/offline/<int(max=2147483647):form_id>",
}
# These use up what the others look at, so they come last.
USES_UP = ("/leave", "/end", "/disable", "/confirm", "/delete")
# First words of addresses of what belongs to an agency.
PLACES_OF_AGENCIES = (
    *("returns", "actions", "agencies", "people"),
    *("case-files", "immediate-concerns"),
)
# What is looked at of an audit whose panel has agreed.
OF_A_PANEL = re.compile(
    "^/case-audits/<audit>/(cases|sign-off|grades|findings|recommendations|measures|re-audit)|/agreed$"
    "|/case-audit.xlsx$"
)
# Pages of a person, which are reached through the list of people.
THROUGH_PEOPLE = "/people/<"


@dataclass(frozen=True)
class World:
    """Somebody of each role, and what there is at each distance: variables of addresses."""

    people: Mapping[Role, Viewer]
    places: Mapping[str, Place]
    variables: Mapping[str, Mapping[str, Any]]


@pytest.fixture
def world(database: Database, cast: Cast, opened: Opened, small: Questionnaire) -> World:
    with database.writing.begin() as session:
        founder = _Founder(session, cast)
        founder.open_far_round(small)
        people = {role: founder.joins(role) for role in Role}
        variables = {
            where: founder.things(where) | founder.panel(where, people) for where in AGENCY_OF
        }
    down, far = (frozenset({cast.partnerships[one]}) for one in ("DOWN", "FAR"))
    places = {
        NEAR: Place(cast.agencies["POL"], "police", down),
        BESIDE: Place(cast.agencies["SCH"], "school", down),
        FAR: Place(cast.agencies["FARPOL"], "police", far),
    }
    return World(people, places, variables)


class _Founder:
    def __init__(self, session: Session, cast: Cast) -> None:
        self.session, self.cast = session, cast
        self.auditor_id = 0
        self.assessor_id = 0

    def open_far_round(self, questionnaire: Questionnaire) -> None:
        near = self.session.scalars(select(AuditRound)).one()
        far = AuditRound(
            partnership_id=self.cast.partnerships["FAR"],
            reference="F1",
            title="Another round",
            questionnaire_id=questionnaire.id,
            questionnaire_version=questionnaire.version,
            questionnaire_sha256=questionnaire.sha256,
            status=RoundStatus.OPEN,
            opens_on=near.opens_on,
            due_on=near.due_on,
            closes_on=near.closes_on,
            created_at=NOON,
        )
        self.session.add(far)
        self.session.flush()
        self.session.add(
            AgencyReturn(
                round_id=far.id,
                agency_id=self.cast.agencies["FARPOL"],
                reference="F1-FARPOL",
                due_on=far.due_on,
            )
        )
        self.session.flush()

    def joins(self, role: Role) -> Viewer:
        user = self._person(f"New {role}")
        membership = Membership(user_id=user.id, role=role, started_at=LONG_AGO)
        if role is Role.TRUST_VIEWER:
            membership.trust = self._trust()
        elif role in AGENCY_ROLES:
            membership.agency_id = self.cast.agencies["POL"]
        elif role in PARTNERSHIP_ROLES:
            membership.partnership_id = self.cast.partnerships["DOWN"]
        self.session.add(membership)
        self.session.flush()
        if role is Role.CONTRIBUTOR:
            self._delegate(user)
        if role is Role.CASE_AUDITOR:
            self.auditor_id = user.id
        if role is Role.ASSESSOR:
            self.assessor_id = user.id
        return as_viewer(user, [membership])

    def _trust(self) -> Trust:
        school = self.session.get_one(Agency, self.cast.agencies["SCH"])
        return Trust(reference="TRUST", name="A trust", agencies=[school])

    def _person(self, name: str) -> User:
        email = f"{name.lower().replace(' ', '.')}@example.org"
        user = User(name=name, email=email, password_hash=PASSWORD_HASH, created_at=LONG_AGO)
        self.session.add(user)
        self.session.flush()
        return user

    def _delegate(self, user: User) -> None:
        police = self._return("R1-POL")
        given = {"return_id": police.id, "user_id": user.id, "given_at": NOON}
        self.session.execute(insert(Delegation).values(standard_id="leadership", **given))

    def _return(self, reference: str) -> AgencyReturn:
        found = select(AgencyReturn).where(AgencyReturn.reference == reference)
        return self.session.scalars(found).one()

    def things(self, where: str) -> dict[str, Any]:
        """A submitted return with an action, a person, an invitation and a request."""
        agency_id, reference = self.cast.agencies[AGENCY_OF[where]], AGENCY_OF[where]
        found = self._return(f"{ROUND_OF[where]}-{reference}")
        found.status, found.receipt, found.submitted_at = ReturnStatus.SUBMITTED, reference, NOON
        somebody = self._person(f"Somebody of {reference}")
        held = Membership(
            user_id=somebody.id, role=Role.AGENCY_LEAD, agency_id=agency_id, started_at=LONG_AGO
        )
        action = Action(
            reference=f"{found.reference}-A1",
            agency_id=agency_id,
            round_id=found.round_id,
            return_id=found.id,
            source=ActionSource.ANSWER,
            question_key="leadership.board-lead",
            what="Do better",
            post="Head of everything",
            due_on=IN_SPRING,
            created_at=NOON,
        )
        invitation = Invitation(
            token_sha256=reference,
            email="new@example.org",
            name="New",
            role=Role.CONTRIBUTOR,
            agency_id=agency_id,
            invited_at=NOON,
            expires_at=NOON,
        )
        requests = [
            TakeoverRequest(agency_id=agency_id, name="New", email=email, asked_at=NOON)
            for email in ("new@example.org", "newer@example.org")
        ]
        helper = self._person(f"Helper of {reference}")
        helping = Membership(
            user_id=helper.id, role=Role.CONTRIBUTOR, agency_id=agency_id, started_at=LONG_AGO
        )
        self.session.add_all([held, helping, action, invitation, *requests])
        self._sign(found, somebody)
        file = self._support(found, somebody)
        self.session.flush()
        return {
            "rounds": ROUND_OF[where],
            "returns": found.reference,
            "actions": action.reference,
            "agencies": reference,
            "agency": reference,
            "user_id": somebody.id,
            "membership_id": held.id,
            "role_id": helping.id,
            "invitation_id": invitation.id,
            "request_id": requests[0].id,
            "second_request_id": requests[1].id,
            "file_id": file.id,
            **self._case_file(where, agency_id),
            **self._case_audit(where),
            **self._assessment(where),
            **self._of_the_installation(where),
            **self._surveyed(where),
        }

    def panel(self, where: str, people: Mapping[Role, Viewer]) -> dict[str, Any]:
        """An audit whose panel has agreed, with everybody here on the panel."""
        home = "FAR" if where == FAR else "DOWN"
        found = plain_audit(
            self.session,
            self.cast.partnerships[home],
            self.cast.agencies[AGENCY_OF[where]],
            f"MP-{AGENCY_OF[where]}",
            panel=[one.user_id for one in people.values()],
            auditor_id=people[Role.CASE_AUDITOR].user_id if where == NEAR else None,
        )
        things = {
            "audit": found.audit,
            "case": found.case,
            "domain": "voice",
            "finding_id": found.finding,
            "recommendation_id": found.recommendation,
            "measure_id": found.measure,
            "file_id": found.file,
        }
        return {"of a panel": things}

    def _learn(self, audit: CaseAudit) -> None:
        """A briefing of the audit, and a deletion with its certificate."""
        audit.emptied_at = NOON
        by = self.cast["Priya"].user_id
        self.session.add_all(
            [
                Briefing(audit_id=audit.id, partnership_id=audit.partnership_id,
                         reference=audit.reference, title="What we learned", updated_at=NOON),
                CaseDeletion(audit_id=audit.id, due_on=IN_SPRING, proposed_by_id=by,
                             proposed_at=NOON, done_at=NOON, certificate=CERTIFICATE),
            ]
        )  # fmt: skip

    def _surveyed(self, where: str) -> dict[str, Any]:
        """A closed survey with this agency in it, which was replied to."""
        home, by = ("FAR", "Olga") if where == FAR else ("DOWN", "Priya")
        agency, reference = AGENCY_OF[where], f"PS-{AGENCY_OF[where]}"
        survey = make_survey(self.session, self.cast, reference, (agency,), home=home, by=by)
        answer(self.session, survey, self.cast, agency, 5)
        close(self.session, survey, self.cast, by)
        link = link_for(self.session, survey, self.cast, agency)
        reply = SurveyReply(link=link, said="Said", did="Did", done_on=IN_SPRING, written_at=NOON)
        self.session.add(reply)
        self.session.flush()
        return {"surveys": reference, "reply_id": reply.id}

    def _sign(self, agency_return: AgencyReturn, by: User) -> None:
        counts = dict.fromkeys(("red", "amber", "not_applicable", "unanswered", "unrated"), 0)
        ones = ("visible", "required", "answered", "green", "maximum", "strict_maximum")
        self.session.add_all(
            Score(
                return_id=agency_return.id,
                standard_id=standard,
                side=Side.SELF,
                points="1",
                rating=Rating.GREEN,
                because="",
                **counts,
                **dict.fromkeys(ones, 1),
            )
            for standard in (WHOLE_RETURN, "leadership", "training", "custody")
        )
        snapshot = Snapshot(
            return_id=agency_return.id, sha256="", content='{"answers": {}}', frozen_at=NOON
        )
        self.session.add(snapshot)
        self.session.flush()
        signature = Signature(
            return_id=agency_return.id,
            snapshot_id=snapshot.id,
            user_id=by.id,
            post="Chief",
            declaration="I declare",
            signed_at=NOON,
        )
        self.session.add(signature)

    def _support(self, agency_return: AgencyReturn, by: User) -> EvidenceFile:
        """A file that supports an answer of the standard which is delegated."""
        new = kept()
        file = EvidenceFile(
            agency_id=agency_return.agency_id,
            name=new.name,
            media_type=new.media_type,
            size=len(new.raw),
            sha256=new.sha256,
            uploaded_at=NOON,
            uploaded_by_id=by.id,
        )
        self.session.add(file)
        self.session.flush()
        self.session.add(
            AnswerFile(
                return_id=agency_return.id,
                question_key=EXAMPLES["key"],
                file_id=file.id,
                added_at=NOON,
                added_by_id=by.id,
            )
        )
        return file

    def _case_file(self, where: str, agency_id: int) -> dict[str, Any]:
        """A file on a case, which the new case auditor audits if it is the police's."""
        home = "FAR" if where == FAR else "DOWN"
        sheet = AnswerSheet(partnership_id=self.cast.partnerships[home], agency_id=agency_id)
        audit = CaseAudit(
            partnership_id=sheet.partnership_id,
            reference=f"MF-{AGENCY_OF[where]}",
            title="An audit with files",
            kind=AuditKind.REGULAR,
            questionnaire_id="small-case",
            questionnaire_version="1",
            status=CaseAuditStatus.AGENCY_FILES,
            planned_on=IN_SPRING,
            cases_wanted=1,
            created_at=NOON,
        )
        case = AuditCase(audit=audit, number=1, reference=f"{audit.reference}-C1")
        file = CaseFile(case=case, agency_id=agency_id, sheet=sheet, conflict_at=NOON)
        if where == NEAR:
            file.auditor_id = self.auditor_id
        self.session.add(file)
        self.session.flush()
        event = CaseEvent(file_id=file.id, month=IN_SPRING, what="Something")
        view = CaseView(file_id=file.id, view_of=ViewOf.CHILD, said="Something")
        concern = ImmediateConcern(file=file, raised_by_id=self.auditor_id, raised_at=NOON)
        self.session.add_all([event, view, concern])
        self.session.flush()
        assert event.id == view.id
        return {"case_file_id": file.id, "entry_id": event.id, "concern_id": concern.id}

    def _case_audit(self, where: str) -> dict[str, Any]:
        """An audit of the partnership, with one case."""
        home = "FAR" if where == FAR else "DOWN"
        reference = f"MA-{AGENCY_OF[where]}"
        audit = CaseAudit(
            partnership_id=self.cast.partnerships[home],
            reference=reference,
            title="An audit",
            kind=AuditKind.REGULAR,
            questionnaire_id="small-case",
            questionnaire_version="1",
            planned_on=IN_SPRING,
            cases_wanted=1,
            created_at=NOON,
        )
        self.session.add(audit)
        self.session.flush()
        case = AuditCase(audit_id=audit.id, number=1, reference=case_reference(reference, 1))
        self.session.add(case)
        self.session.flush()
        self._learn(audit)
        return {"audit": reference, "case": case.reference}

    def _assessment(self, where: str) -> dict[str, Any]:
        """A joint assessment whose ratings are opened, in which whoever has that role rates."""
        home = self.cast.partnerships["FAR" if where == FAR else "DOWN"]
        assessment = Assessment(
            partnership_id=home,
            reference=f"JA-{AGENCY_OF[where]}",
            title="How we lead",
            questionnaire_id="small-joint",
            questionnaire_version="2",
            status=AssessmentStatus.DISCUSSION,
            due_on=IN_SPRING,
            started_at=NOON,
            opened_at=NOON,
            created_at=NOON,
        )
        sheet = AnswerSheet(partnership_id=home, user_id=self.assessor_id, opened_at=NOON)
        self.session.add_all([assessment, sheet])
        self.session.flush()
        named = Assessor(
            assessment_id=assessment.id, user_id=self.assessor_id, label="A body", sheet_id=sheet.id
        )
        self.session.add(named)
        self.session.flush()
        return {"assessment": assessment.reference, "assessor_id": named.id}

    def _of_the_installation(self, where: str) -> dict[str, Any]:
        home = "FAR" if where == FAR else "DOWN"
        found = self.session.get_one(Partnership, self.cast.partnerships[home])
        return {"installation": found.reference, "partnership": found.reference}


@dataclass(frozen=True)
class Visit:
    """One address to ask for, and the permissions that it takes."""

    rule: Rule
    method: str
    address: str
    needs: tuple[Permission, ...]
    has_place: bool


def visits(app: Flask, variables: Mapping[str, Any]) -> Iterator[Visit]:
    in_order = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule.endswith(USES_UP))
    for rule in in_order:
        if is_public(app, rule.endpoint) or rule.rule in LEFT_OUT:
            continue
        permission = declared_permission(app, rule.endpoint)
        assert permission is not None, f"{rule.rule} declares no permission"
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            for step in STEPS.get(rule.rule, (None,)):
                needs = _needs(rule, permission if step is None else step.permission)
                address = _address(rule, variables, step.name if step else "")
                has_place = bool(rule.arguments) and not rule.rule.startswith(NOWHERE)
                yield Visit(rule, method, address, needs, has_place)


def _needs(rule: Rule, permission: Permission) -> tuple[Permission, ...]:
    if rule.rule.startswith(THROUGH_PEOPLE):
        return permission, Permission.SEE_PEOPLE
    return (permission,)


def _address(rule: Rule, variables: Mapping[str, Any], step: str) -> str:
    known = {**EXAMPLES, **variables, "step": step}
    if "assessment" in rule.arguments:
        known |= {"standard": "leads", "key": "leads.equal-share"}
    if rule.rule.endswith("/decline"):
        known["request_id"] = variables["second_request_id"]
    word = rule.rule.split("/")[1]
    if word in variables:
        known["reference"] = variables[word]
    if word == "case-files":
        known |= {"file_id": variables["case_file_id"], "standard_id": "voice"}
    if OF_A_PANEL.search(rule.rule):
        known |= variables["of a panel"]
    unknown = rule.arguments - known.keys()
    assert not unknown, f"Say in EXAMPLES what stands for {unknown} in {rule.rule}"
    built = rule.build({name: known[name] for name in rule.arguments})
    assert built is not None, rule.rule
    return built[1]


def is_let_in(visit: Visit, viewer: Viewer, place: Place) -> bool:
    """What the table of rules says."""
    return all(_allows(permission, visit, viewer, place) for permission in visit.needs)


def _allows(permission: Permission, visit: Visit, viewer: Viewer, place: Place) -> bool:
    if not visit.has_place:
        return viewer.may(permission)
    if _is_of_an_agency(visit.rule) and RULES[permission].thing is not Thing.ROUND:
        return viewer.may_at(permission, place)
    return bool(viewer.partnerships(permission) & place.partnerships)


def _is_of_an_agency(rule: Rule) -> bool:
    word = rule.rule.split("/")[1]
    return "agency" in rule.arguments or word in PLACES_OF_AGENCIES


@pytest.mark.parametrize("where", AGENCY_OF)
@pytest.mark.parametrize("role", Role)
def test_a_role_is_let_in_where_the_table_says_so_and_nowhere_else(
    pages: Pages, app: Flask, database: Database, world: World, role: Role, where: str
) -> None:
    viewer, place = world.people[role], world.places[where]
    wrong = []
    take_the_chair(database, viewer)
    pages.sign_in(viewer).get("/account")
    for visit in visits(app, world.variables[where]):
        status, location = answered(pages, visit)
        assert status < 500, (visit.method, visit.address)
        refused = status in REFUSED or location.startswith("/sign-in")
        let_in = is_let_in(visit, viewer, place)
        # A variable that stands for nobody's thing is not found by those who may look, either.
        is_known = visit.has_place or not visit.rule.arguments
        if refused is let_in if is_known else not (refused or let_in):
            wrong.append(f"{visit.method} {visit.address}: {status}, should be in: {let_in}")
    assert not wrong, "\n".join(wrong)


def take_the_chair(database: Database, viewer: Viewer) -> None:
    """Whoever is looking chairs the joint assessments; what that allows is for their roles."""
    with database.writing.begin() as session:
        session.execute(update(Assessment).values(chair_id=viewer.user_id))


def answered(pages: Pages, visit: Visit) -> tuple[int, str]:
    if visit.method == "GET":
        response = pages.client.get(visit.address)
    else:
        response = pages.client.post(visit.address, data={"csrf_token": pages.csrf_token})
    return response.status_code, response.headers.get("Location", "")
