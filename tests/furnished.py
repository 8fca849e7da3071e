"""A world in which there is one of everything, and the forms that its people find on their pages.

Tests that must hold for every form of the application take them from here: a form that a new page
brings is found, filled in and sent like the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pyotp
from bs4 import BeautifulSoup, SoupStrainer, Tag
from flask import Flask
from sqlalchemy import delete, make_url, select
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from s11audit.config import MailServer, SmtpSecurity
from s11audit.domain.answers import Answer
from s11audit.domain.cases import BriefingAudience, CaseAuditStatus
from s11audit.domain.filled_forms import FilledAnswer, FilledContent, WrongCell
from s11audit.domain.permissions import Role
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RoundStatus
from s11audit.models import (
    Agency,
    AgencyReturn,
    AuditRound,
    Base,
    Briefing,
    CaseDeletion,
    EvidenceFile,
    Invitation,
    OpenIdentity,
    Partnership,
    QuestionnaireVersion,
    SignInLink,
    TakeoverRequest,
    Throttle,
    Trust,
    User,
)
from s11audit.models.database import Database
from s11audit.queries.people import as_viewer, token_digest
from s11audit.queries.returns import answers_of
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.evidence import add_file, take_away
from s11audit.services.evidence_store import FolderStore
from s11audit.services.filled_forms import keep_form
from s11audit.services.parked_forms import TypedForm, park
from s11audit.services.recovery_codes import make_recovery_codes
from s11audit.services.returns import send_for_sign_off
from s11audit.services.second_factors import NewApp, add_app
from s11audit.services.secret_box import SecretBox
from s11audit.services.side_states import Assurance, SentDocument, assure_otherwise
from s11audit.services.survey_answers import write_reply
from s11audit.web.security import Services, declared_permission
from tests.assessments_to_furnish import ASSESSMENTS, ASSESSORS, assessments_in_every_state
from tests.audits_to_furnish import AUDITS, COMMISSIONED, PLANNED, SAMPLED, audits_in_every_state
from tests.case_files_to_furnish import case_files_in_every_state
from tests.cast import PASSWORD, Cast
from tests.contents import EVIDENCE, PDF, kept
from tests.databases import PostgresqlDatabases, SqliteFiles
from tests.full_cases import full_audit
from tests.joined import join
from tests.pages import Pages
from tests.panels import plain_audit
from tests.rounds_and_returns import COMPLETE, NOON, fill, open_round, return_named, submit
from tests.surveys import answer, close, known_token, link_for, make_survey

QUESTIONNAIRES = Path(__file__).parent / "questionnaires"
SERVER = MailServer("mail.invalid", 25, SmtpSecurity.NONE, "", "", "audit@example.org")
INVITATION = "an-invitation-of-the-tests"
INVITATION_OF_ASIF = "an-invitation-for-asif"
LINK = "a-link-to-sign-in-with"
SURVEY_LINK = "a-link-to-a-survey"
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW_PASSWORD = "seven otters count umbrellas"
OTHER_ROUNDS = {"R2": RoundStatus.DRAFT, "R3": RoundStatus.CLOSED, "R4": RoundStatus.OPEN}
# What the hospitals and the school are asked.
HOSPITALS = {key: answer for key, answer in COMPLETE.items() if not key.startswith("custody")}

WITH_FILES = "leadership.board-lead"
# Audits whose cases are kept no longer.
EXPIRED = ("MA-24-01", "MA-24-02", "MA-24-03")

# Case audits whose panels are open, and one that is reported.
PANELS = ("MA-26-21", "MA-26-22", "MA-26-23")
# What stands for the variables of addresses; `reference` is of the address's first word.
OWN: dict[str, tuple[Any, ...]] = {
    "agency": ("POL", "HOSP", "SCH"),
    "standard": ("leadership", "leads"),
    "standard_id": ("leadership", "voice"),
    "name": ("rag-by-standard",),
    "picture": ("svg",),
    "id": ("small", "draft", "proposed"),
    "version": ("1",),
    "old": ("1",),
    "new": ("1",),
    "token": (INVITATION, INVITATION_OF_ASIF, SURVEY_LINK),
    "invitation_id": (1, 2),
    "request_id": (1,),
    "session_id": (1,),
    "identity_id": (1,),
    "number": (1,),
    "asker": ("DOWN",),
    "key": (WITH_FILES, "leads.equal-share"),
    "file_id": tuple(range(1, 13)),
    "form_id": (1,),
    "assessment": ASSESSMENTS,
    "assessor_id": ASSESSORS,
    "audit": (*AUDITS, *PANELS, *EXPIRED),
    "case": (f"{COMMISSIONED}-C1", f"{SAMPLED}-C1", f"{PANELS[0]}-C1"),
    "domain": ("voice",),
    "finding_id": (1,),
    "recommendation_id": (1,),
    "measure_id": (1,),
    "entry_id": (1,),
    "concern_id": (1,),
    "reply_id": (1, 2),
}
REFERENCES = {
    "rounds": ("R1", "R2", "R3"),
    "returns": ("R1-POL", "R1-HOSP", "R1-SCH", "R4-SCH", "R4-POL"),
    "actions": ("R1-POL-A1",),
    "agencies": ("POL", "SCH"),
    "installation": ("TRUST",),
    "surveys": ("PS1", "PS2", "PS3"),
}
# What nobody finds a link to, or only in their mail.
UNLINKED = (f"/sign-in/link?token={LINK}",)
FILE = re.compile(
    r"\.(xlsx|docx|pdf|txt|zip|svg|png|yaml|json|csv)$|<path:|/template$|/sign-in/with/"
)


def furnish(session: Session, cast: Cast, questionnaire: Questionnaire, secret_key: str) -> str:
    """Put one of everything into an empty world, each where it can be acted upon.

    Gives the token of a form that is parked.
    """
    box = SecretBox(secret_key)
    opened = open_round(session, cast, questionnaire)
    submit(session, opened, cast, COMPLETE)
    _more_people(session)
    fill(session, "R1-HOSP", opened, HOSPITALS, by=cast["Cara"])
    hospitals = return_named(session, "R1-HOSP")
    send_for_sign_off(session, hospitals, questionnaire, by=cast["Cara"], now=NOON)
    fill(session, "R1-SCH", opened, HOSPITALS, by=cast["Dana"])
    first = session.get_one(AuditRound, opened.round_id)
    for reference, status in OTHER_ROUNDS.items():
        session.add(_another_round(first, reference, status))
    session.flush()
    fourth = session.query(AuditRound).filter_by(reference="R4").one()
    for agency in ("SCH", "POL"):
        session.add(AgencyReturn(round_id=fourth.id, agency_id=cast.agencies[agency],
                                 reference=f"R4-{agency}", due_on=fourth.due_on))  # fmt: skip
    far = session.get_one(Partnership, cast.partnerships["FAR"])
    session.get_one(Agency, cast.agencies["HOSP"]).partnerships.append(far)
    _joining(session, cast)
    _drafts(session, cast, questionnaire)
    _filled_form(session, cast)
    _account(session, cast, box)
    _evidence(session, cast, questionnaire)
    _statement(session, cast)
    _panels(session, cast)
    case_files_in_every_state(session, cast)
    audits_in_every_state(session, cast)
    _expired(session, cast)
    assessments_in_every_state(session, cast)
    _surveys(session, cast, box)
    session.flush()
    return _park(session, cast["Asif"], box)


def _more_people(session: Session) -> None:
    school = session.query(Agency).filter_by(reference="SCH").one()
    home = session.query(Partnership).filter_by(reference="DOWN").one()
    other = Agency(reference="ASH", name="Ash School", agency_type="school", partnerships=[home])
    session.add(other)
    session.add(Trust(reference="TRUST", name="A trust", agencies=[school]))
    session.flush()
    join(session, "Opal", (Role.OPERATOR, ""))
    join(session, "Tess", (Role.TRUST_VIEWER, "TRUST"))
    join(session, "Yara", (Role.YOUNG_PANELLIST, "DOWN"))
    join(session, "Sid", (Role.SIGNATORY, "HOSP"))
    join(session, "Nina", (Role.CONTRIBUTOR, "SCH"))
    join(session, "Max", (Role.MANAGER, "DOWN"))
    lou = join(session, "Lou", (Role.CONTRIBUTOR, "HOSP"))
    session.get_one(User, lou.user_id).is_active = False


def _another_round(like: AuditRound, reference: str, status: RoundStatus) -> AuditRound:
    return AuditRound(
        partnership_id=like.partnership_id,
        reference=reference,
        title=f"Round {reference}",
        questionnaire_id=like.questionnaire_id,
        questionnaire_version=like.questionnaire_version,
        questionnaire_sha256=like.questionnaire_sha256,
        status=status,
        opens_on=like.opens_on,
        due_on=like.due_on,
        closes_on=like.closes_on,
        created_at=NOON,
    )


def _joining(session: Session, cast: Cast) -> None:
    far_off = NOON + timedelta(days=36_500)
    for token, email in ((INVITATION, "new@example.org"), (INVITATION_OF_ASIF, "asif@example.org")):
        session.add(
            Invitation(
                token_sha256=token_digest(token), email=email, name="New", role=Role.CONTRIBUTOR,
                agency_id=cast.agencies["HOSP"], invited_by_id=cast["Priya"].user_id,
                invited_at=NOON, expires_at=far_off,
            )
        )  # fmt: skip
    for number in (1, 2):
        session.add(
            TakeoverRequest(
                agency_id=cast.agencies["SCH"], name="Newer", email=f"newer{number}@example.org",
                message="Since May", asked_at=NOON,
            )
        )  # fmt: skip


def _drafts(session: Session, cast: Cast, questionnaire: Questionnaire) -> None:
    shelf = Catalogue([QUESTIONNAIRES])
    for id_, status in (("draft", VersionStatus.DRAFT), ("proposed", VersionStatus.PROPOSED)):
        session.add(
            QuestionnaireVersion(
                partnership_id=cast.partnerships["DOWN"], questionnaire_id=id_, version="1",
                title=questionnaire.title, kind=questionnaire.kind, source=draft_called(id_),
                sha256=shelf.checked(draft_called(id_).encode(), id_).sha256,
                status=status, uploaded_by_id=cast["Priya"].user_id,
                uploaded_at=NOON, proposed_by_id=cast["Priya"].user_id, proposed_at=NOON,
            )
        )  # fmt: skip


def _evidence(session: Session, cast: Cast, questionnaire: Questionnaire) -> None:
    """The school has one file that supports an answer, and one that supports none."""
    school, told = return_named(session, "R1-SCH"), {"store": FolderStore(EVIDENCE)}
    by, now = cast["Dana"], NOON
    for name in ("policy.pdf", "minutes.pdf"):
        add_file(session, school, WITH_FILES, kept(name), [questionnaire], **told, by=by, now=now)
    unused = session.query(EvidenceFile).filter_by(name="minutes.pdf").one()
    take_away(session, school, WITH_FILES, unused.id, by=by, now=now)


def _statement(session: Session, cast: Cast) -> None:
    """The police rest on another audit in the fourth round, and have sent it."""
    document = SentDocument(kept("inspection.pdf"), FolderStore(EVIDENCE))
    rests_on = Assurance("Chief Officer", file=document)
    police = return_named(session, "R4-POL")
    assure_otherwise(session, police, rests_on, by=cast["Asif"], now=NOON)


def _expired(session: Session, cast: Cast) -> None:
    """Audits whose cases are due for deletion: one as it is, one proposed, one on hold."""
    first, second, third = EXPIRED
    full_audit(session, cast, first)
    proposed = full_audit(session, cast, second)
    full_audit(session, cast, third, hold_reason="An inquiry")
    max_id = session.query(User).filter_by(name=SECOND_MANAGER).one().id
    order = CaseDeletion(
        audit_id=proposed.audit, due_on=NOON.date(), proposed_by_id=max_id, proposed_at=NOON
    )
    session.add(order)
    briefing = session.get_one(Briefing, proposed.audit)
    briefing.issued_at, briefing.audience = NOON, BriefingAudience.PUBLISHED


def _panels(session: Session, cast: Cast) -> None:
    """One whose panel discusses, one whose panel can sign off, and one that is reported."""
    states = (
        (CaseAuditStatus.PANEL, False),
        (CaseAuditStatus.PANEL, True),
        (CaseAuditStatus.REPORTED, True),
    )
    for reference, (status, agreed) in zip(PANELS, states, strict=True):
        plain_audit(
            session,
            cast.partnerships["DOWN"],
            cast.agencies["POL"],
            reference,
            status=status,
            panel=[cast["Priya"].user_id],
            agreed=agreed,
        )


def _surveys(session: Session, cast: Cast, box: SecretBox) -> None:
    """One that is open, one that has closed and was replied to, one that is not open yet."""
    first = make_survey(session, cast, "PS1", ("POL", "SCH"), box=box)
    known_token(session, first, cast, "POL", SURVEY_LINK, box)
    closed = make_survey(session, cast, "PS2", box=box, audit_round=session.get_one(AuditRound, 1))
    answer(session, closed, cast, "POL", 6, {"learning.one-thing": "More time"})
    answer(session, closed, cast, "SCH", 4)
    close(session, closed, cast)
    for publish in (True, False):
        link = link_for(session, closed, cast, "POL")
        day = closed.opens_on
        write_reply(
            session, link, "Too little", "More", day, publish=publish, by=cast["Asif"], now=NOON
        )
    make_survey(session, cast, "PS3", ("POL",), is_open=False, box=box)


def _filled_form(session: Session, cast: Cast) -> None:
    """A form that Dana has sent and not applied: one answer differs, one changed meanwhile."""
    school = return_named(session, "R1-SCH")
    now_held = answers_of(session, school.id)["training.staff"].answer
    content = FilledContent(
        (
            FilledAnswer("training.staff", Answer("3"), now_held.digest),
            FilledAnswer("training.format", Answer("online"), Answer("other").digest),
        ),
        (WrongCell("1 Leadership!D4", "leadership.board-lead", "Select one of these"),),
    )
    keep_form(session, school, content, name="form.xlsx", sha256="", by=cast["Dana"], now=NOON)


def draft_called(id_: str) -> str:
    """The YAML of the small questionnaire, under another id."""
    text = (QUESTIONNAIRES / "small" / "1.yaml").read_text("utf-8")
    return text.replace("questionnaire: small", f"questionnaire: {id_}")


def _account(session: Session, cast: Cast, box: SecretBox) -> None:
    """Everything with which one may sign in, and a form that was kept."""
    who, moment = cast["Asif"], datetime.now(UTC) - timedelta(hours=1)
    for name in ("Telephone", "Tablet"):
        app = NewApp(APP_SECRET, "", "")
        add_app(session, app, pyotp.TOTP(APP_SECRET).at(moment), name, by=who, box=box, now=moment)
    make_recovery_codes(session, by=who, now=moment)
    session.add(
        OpenIdentity(user_id=who.user_id, issuer="https://id.example", subject="1", added_at=moment)
    )
    session.add(
        SignInLink(user_id=cast["Bea"].user_id, token_sha256=token_digest(LINK), made_at=moment,
                   expires_at=moment + timedelta(days=1))
    )  # fmt: skip
    session.get_one(Partnership, 1).allows_email_links = True


def _park(session: Session, who: Viewer, box: SecretBox) -> str:
    kept = TypedForm("/actions/R1-POL-A1/notes", (("note", "What I typed"), ("version", "1")))
    return park(session, box, who.user_id, kept, now=datetime.now(UTC))


@dataclass(frozen=True)
class Stage:
    """The application over a fresh copy of the furnished world."""

    app: Flask
    pages: Pages
    database: Database

    def forget_tries(self) -> None:
        """So that nothing is refused for having been tried often."""
        with self.database.writing.begin() as session:
            session.execute(delete(Throttle))


@dataclass(frozen=True)
class Furnished:
    """The furnished world, to be copied for whoever changes something."""

    databases: SqliteFiles | PostgresqlDatabases
    app: Flask
    name: str
    people: Mapping[str, Viewer]
    parked: str
    moment: datetime

    @contextmanager
    def stage(self, who: str = "") -> Iterator[Stage]:
        """A fresh copy, with somebody signed in."""
        with self.databases.fresh(self.name) as url:
            database = Database(url)
            shared: Services = self.app.extensions["s11audit"]
            settings = replace(shared.settings, database_url=url, mail_server=SERVER)
            self.app.extensions["s11audit"] = replace(shared, settings=settings, database=database)
            pages = Pages(self.app, database)
            if who:
                pages.sign_in(self.people[who])  # elsewhere
                pages.sign_in(self.people[who])
            try:
                yield Stage(self.app, pages, database)
            finally:
                database.dispose()


@contextmanager
def furnished_world(
    databases: SqliteFiles | PostgresqlDatabases, app: Flask, questionnaire: Questionnaire
) -> Iterator[Furnished]:
    with databases.fresh("peopled") as url:
        database = Database(url)
        secret_key = app.extensions["s11audit"].settings.secret_key
        with database.writing.begin() as session:
            parked = furnish(session, databases.cast, questionnaire, secret_key)
            people = {user.name: user.id for user in session.query(User)}
        with database.reading() as session:
            viewers = {
                name: as_viewer(user := session.get_one(User, id_), list(user.memberships))
                for name, id_ in people.items()
            }
        database.dispose()
        name = make_url(url).database or ""
        yield Furnished(databases, app, Path(name).stem, viewers, parked, datetime.now(UTC))


@dataclass(frozen=True)
class Sent:
    """A form as somebody finds it on a page, filled in so that it could be accepted."""

    endpoint: str
    who: str
    action: str
    fields: tuple[tuple[str, str], ...]
    texts: frozenset[str] = field(default_factory=frozenset)

    def with_token(self, token: str) -> dict[str, list[str]]:
        """What a browser would send."""
        sent: dict[str, list[str]] = {"csrf_token": [token]}
        for name, text in self.fields:
            sent.setdefault(name, []).append(text)
        return sent


# Between them they find every form there is.
SECOND_MANAGER = "Max"  # nobody publishes what they have proposed themselves
WHO_FINDS_FORMS = (
    *("", "Priya", "Asif", "Dana", "Cara", "Sid", "Silas", "Iris", "Opal"),
    SECOND_MANAGER,
)


def forms_of(world: Furnished) -> list[Sent]:
    """Every form by POST that somebody finds: one for each endpoint, and for each step.

    Of several the one with the most boxes.
    """
    found: dict[str, Sent] = {}
    for who in WHO_FINDS_FORMS:
        with world.stage(who) as stage:
            for address in addresses(world, who):
                for sent in _forms_on(world.app, who, address, stage.pages.client.get(address)):
                    key = sent.action if sent.endpoint.endswith("take_step") else sent.endpoint
                    if key not in found or _better(sent, found[key]):
                        found[key] = sent
    more = (*_after_a_look(world, found), TOKENS)
    return sorted([*found.values(), *more], key=lambda sent: sent.action)


# On the page that answers an invitation where no mail is sent, which knows other tokens each time.
TOKENS = Sent(
    "people.links_file",
    "Priya",
    "/people/invitations/links.csv",
    (("tokens", INVITATION),),
    frozenset({"tokens"}),
)


def _better(one: Sent, other: Sent) -> bool:
    if other.action in STILL_OPEN or one.action in STILL_OPEN:
        return one.action in STILL_OPEN
    return len(one.fields) > len(other.fields)


def _after_a_look(world: Furnished, found: Mapping[str, Sent]) -> Iterator[Sent]:
    """Forms that stand on the page which answers another."""
    for look, then in AFTER_A_LOOK.items():
        looked = found[look]
        with world.stage(looked.who) as stage:
            yield from (
                sent
                for sent in _forms_on(world.app, looked.who, looked.action, post(stage, looked))
                if sent.endpoint == then
            )


def addresses(world: Furnished, who: str) -> Iterator[str]:
    """Every page that somebody may look at, once for each thing that there is."""
    lou, bea = world.people["Lou"], world.people["Bea"]
    variables = OWN | {
        "user_id": (bea.user_id, lou.user_id),
        # Everybody has one role, so that its number is theirs.
        "membership_id": (bea.user_id, 1),
        "role_id": (bea.user_id, world.people["Nina"].user_id),
        "token": (*OWN["token"], world.parked),
    }
    for rule in world.app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or set()) and not FILE.search(rule.rule)
        if is_page and _may_look(world, who, rule):
            names = sorted(rule.arguments)
            unknown = rule.arguments - variables.keys() - {"reference"}
            assert not unknown, f"Say in tests/furnished.py what stands for {unknown}"
            known = variables | {"reference": REFERENCES.get(rule.rule.split("/")[1], ())}
            for values in product(*(known[name] for name in names)):
                yield address_of(rule, dict(zip(names, values, strict=True)))
    yield from UNLINKED


def _may_look(world: Furnished, who: str, rule: Rule) -> bool:
    if who == SECOND_MANAGER:
        return rule.rule.startswith("/questionnaires/")
    permission = declared_permission(world.app, rule.endpoint)
    return permission is None or (who != "" and world.people[who].may(permission))


def address_of(rule: Rule, variables: Mapping[str, Any]) -> str:
    built = rule.build(variables)
    assert built is not None, rule
    return built[1]


def _forms_on(app: Flask, who: str, address: str, response: TestResponse) -> Iterator[Sent]:
    if response.mimetype == "text/html":
        forms = SoupStrainer("form")
        soup = BeautifulSoup(response.get_data(as_text=True), "html.parser", parse_only=forms)
        for form in soup.find_all("form", method="post"):
            yield _filled(app, who, form, address)


def post(stage: Stage, sent: Sent, token: str = "", **options: Any) -> TestResponse:
    """Send a form as its person would, with the token of their session."""
    if not token:
        stage.pages.get("/account" if sent.who else "/sign-in")
        token = stage.pages.csrf_token
    data = sent.with_token(token)
    if sent.endpoint == "account.use_code":
        data["code"] = [pyotp.TOTP(APP_SECRET).now()]
    if sent.endpoint in TAKES_A_FILE:
        options.setdefault("content_type", "multipart/form-data")
        data |= {"file": (BytesIO(PDF), "another.pdf")}
    data |= options.pop("extra", {})
    return stage.pages.client.post(sent.action, data=data, **options)


# What to type where any words are not enough: by endpoint and box.
RIGHT = {
    "account.add_app": {"code": "000000"},
    "account.check_sign_in": {"email": "bea@example.org", "password": PASSWORD},
    "account.check_proof": {"password": PASSWORD},
    "account.send_link": {"email": "dana@example.org"},
    "people.check_many": {"text": "agency name,e-mail,name\nElm Row School,a@b.example,Ann"},
    "people.check_agencies": {"text": "agency name,agency type\nAsh Vale School,school"},
    "cases.add_event": {"month-year": "2025"},
    "cases.save_file_standard": {"how-often__value": "3"},
    "cases.plan_audit": {"reference": "MA-NEW"},
    "cases.check_list": {"text": "EH-901\nEH-902"},
    "questionnaires.add_draft": {"text": draft_called("another")},
    "people.give_over": {"to": "new"},
    "installation.share_agency": {"agency": "FARPOL"},
    "installation.join_trust": {"agency": "ASH"},
    "rounds.change": {"opens_on-year": "2026", "closes_on-year": "2028"},
    "rounds.extend": {"due_on-day": "20", "due_on-year": "2026"},
    "people.add_agency": {"other": "nursery"},
    "people.change_attributes": {"other": "nursery"},
    "rounds.create": {"opens_on-year": "2026", "closes_on-year": "2028"},
    "assessments.set_up": {"about_agency_id": "", "repeats_id": ""},
    "assessments.change": {"about_agency_id": "", "repeats_id": ""},
    "surveys.set_staff": {"staff": "250"},
}
# What would be tried in vain, or not wholly, without a file.
TAKES_A_FILE = frozenset({"returns.add_question_file", "returns.assure"})
# Where a form may still be sent; of other things it is found, too, and comes too late.
STILL_OPEN = frozenset(
    {
        "/returns/R1-SCH/delegations",
        "/returns/R1-SCH/offline",
        "/rounds/R1/returns/SCH/extension",
        "/rounds/R2/guidance",
        f"/case-audits/{PLANNED}/plan",
    }
)
# What stands only on the page that answers another form.
AFTER_A_LOOK = {
    "people.check_many": "people.confirm_many",
    "people.check_agencies": "people.confirm_agencies",
    "cases.check_list": "cases.confirm_list",
}
# What a browser would need besides: the code that a new app shows, a code on paper.
# A file comes with tests of its own.
NEEDS_MORE = frozenset({"account.add_app", "account.check_recovery_code", "returns.upload_form"})
# How a form is answered that is done: with the next page, or with one to be seen once.
ACCEPTED = (200, 303)
# Sent by scripts, or after a visit to a provider: they have tests of their own.
FOUND_BY_NOBODY = frozenset(
    {
        "account.add_passkey",
        "account.use_passkey",
        "account.add_openid",
        "account.remove_openid",
        "assessments.autosave",
        "cases.autosave_file_standard",
        "returns.autosave",
        "returns.stay",
    }
)


def _filled(app: Flask, who: str, form: Tag, page: str) -> Sent:
    action = str(form.get("action") or page)
    fields: list[tuple[str, str]] = []
    texts = set()
    chosen: set[str] = set()
    for control in form.find_all(["input", "textarea", "select"]):
        name, kind = str(control.get("name", "")), str(control.get("type", "text"))
        if not name or name == "csrf_token" or kind in {"submit", "button", "file"}:
            continue
        if control.name == "select":
            values = [str(option.get("value", "")) for option in control.find_all("option")]
            fields.append((name, next((one for one in values if one), "")))
        elif kind in {"radio", "checkbox"}:
            if name not in chosen:
                chosen.add(name)
                fields.append((name, str(control.get("value", "y"))))
        elif kind == "hidden":
            fields.append((name, str(control.get("value", ""))))
        else:
            texts.add(name)
            held = control.get_text() if control.name == "textarea" else control.get("value", "")
            fields.append((name, str(held).removeprefix("\n") or _typed(name)))
    endpoint = endpoint_of(app, action)
    right = RIGHT.get(endpoint, {})
    told = tuple((name, right.get(name, text)) for name, text in fields)
    return Sent(endpoint, who, action, told, frozenset(texts))


# What to type into a box, by the end of its name; anything else is a text.
TYPED = {
    "email": "somebody.new@example.org",
    "password": NEW_PASSWORD,
    "current": PASSWORD,
    "new": NEW_PASSWORD,
    "again": NEW_PASSWORD,
    "reference": "NEWREF",
    "day": "1",
    "month": "12",
    "year": "2027",
    "place": "SCH",
    "agency": "SCH",
    "link": "https://example.org/chart",
    "links-text": "Help https://example.org/help",
}


def _typed(name: str) -> str:
    return next((text for end, text in TYPED.items() if name.endswith(end)), "Some words")


def endpoint_of(app: Flask, action: str) -> str:
    path, _, query = action.partition("?")
    try:
        return app.url_map.bind("").match(path, method="POST", query_args=query)[0]
    except HTTPException as error:
        raise AssertionError(f"A form leads to {action}, where none is taken") from error


def rows_of(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, in the order of their keys."""
    with database.reading() as session:
        return {
            table.name: [
                dict(row._mapping)
                for row in session.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in Base.metadata.sorted_tables
        }
