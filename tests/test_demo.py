"""The demonstration: what `s11audit demo` prepares is whole, varied and safe to show."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from s11audit.cli import main
from s11audit.demo.asking_locally import with_uploads
from s11audit.demo.content import Content
from s11audit.domain import actions as action_rules
from s11audit.domain.actions import ActionSource, ActionStatus
from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS
from s11audit.domain.answers import LINK_LIMIT, POST_LIMIT, TEXT_LIMIT, gaps
from s11audit.domain.cases import CaseAuditStatus, FileProgress
from s11audit.domain.dates import days_late, today_in_london
from s11audit.domain.lineage import sources
from s11audit.domain.permissions import Permission, Role
from s11audit.domain.questionnaire import Carry, Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.versions import VersionStatus
from s11audit.domain.workflow import (
    SUBMITTED_STATUSES,
    ReturnStatus,
    RoundStatus,
    is_overdue,
)
from s11audit.models import (
    Action,
    Agency,
    AgencyReturn,
    AnswerFile,
    Assessment,
    AuditCase,
    AuditRound,
    CaseAudit,
    CaseFile,
    Delegation,
    DeskVisit,
    Event,
    EventChain,
    EvidenceFile,
    ImmediateConcern,
    Membership,
    QuestionnaireVersion,
    ReadyStandard,
    ReturnComment,
    SecondFactor,
    SideState,
    Signature,
    StoredAnswer,
    User,
)
from s11audit.models.database import Database
from s11audit.paths import PACKAGE, TEMPLATES
from s11audit.queries.asking import questionnaire_for, questionnaire_of
from s11audit.queries.case_files import lacking
from s11audit.queries.people import as_viewer, operator
from s11audit.queries.returns import answers_of, unconfirmed, values_of
from s11audit.queries.survey_results import survey_results
from s11audit.queries.surveys import survey_lines, survey_of
from s11audit.questionnaires.catalogue import Catalogue, shipped_catalogue
from s11audit.services.events import seal
from s11audit.services.evidence_store import FolderStore
from s11audit.services.history import verify_published
from s11audit.services.passwords import password_fits
from s11audit.services.questionnaires import publish
from s11audit.services.second_factors import check_code
from s11audit.services.secret_box import SecretBox
from s11audit.web.uploads import ALLOWED, EVIDENCE

pytestmark = pytest.mark.slow

IS_DRAFT = QuestionnaireVersion.status == VersionStatus.PROPOSED
ROUNDS = ("S11-2024", "S11-2026", "S175-2026-27")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demonstration of an earlier time, and a file that is none of it."""
    folder = tmp_path_factory.mktemp("demonstration")
    for name in ("s11audit.sqlite3", "secret-key"):
        (folder / name).write_text("of an earlier time")
    (folder / "kept.txt").write_text("mine")
    return folder


def run_demo(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["demo", "--no-serve", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def told(directory: Path) -> dict[str, Any]:
    """What the command says of the demonstration that it has just prepared."""
    content: dict[str, Any] = json.loads(
        run_demo("--json", "--fresh", "--directory", str(directory))
    )
    return content


@pytest.fixture
def session(told: dict[str, Any]) -> Iterator[Session]:
    database = Database(told["database_url"])
    with database.reading() as opened:
        yield opened
    database.dispose()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return shipped_catalogue()


@pytest.fixture(scope="module")
def questionnaire(catalogue: Catalogue) -> Questionnaire:
    return catalogue.get("section-11", "2026")


def returns_of(session: Session, reference: str) -> dict[str, AgencyReturn]:
    rows = session.scalars(
        select(AgencyReturn).join(AgencyReturn.round).where(AuditRound.reference == reference)
    )
    return {one.agency.reference: one for one in rows}


def test_json_names_the_database_the_rounds_and_the_accounts(told: dict[str, Any]) -> None:
    assert set(told) == {"database_url", "rounds", "accounts"}
    assert told["rounds"] == [
        {
            "reference": "S11-2024",
            "questionnaire": "section-11",
            "version": "2024",
            "status": "closed",
        },
        {
            "reference": "S11-2026",
            "questionnaire": "section-11",
            "version": "2026",
            "status": "open",
        },
        {
            "reference": "S175-2026-27",
            "questionnaire": "section-175",
            "version": "2026-27",
            "status": "open",
        },
    ]
    place = {"role", "partnership", "trust", "agency"}
    keys = place | {"name", "also", "email", "password", "totp_secret"}
    assert all(set(account) == keys for account in told["accounts"])
    held = [one for account in told["accounts"] for one in (account, *account["also"])]
    assert {one["role"] for one in held} == set(Role)
    assert all(set(also) == place for account in told["accounts"] for also in account["also"])


def test_each_account_can_sign_in_with_the_password_that_is_told(
    told: dict[str, Any], session: Session
) -> None:
    hashes = {user.email: user.password_hash for user in session.scalars(select(User))}
    assert set(hashes) == {account["email"] for account in told["accounts"]}
    assert len(set(hashes.values())) == 1
    account = told["accounts"][0]
    assert password_fits(hashes[account["email"]], account["password"])


def test_whoever_needs_a_code_is_told_the_secret_and_nobody_else_is(
    told: dict[str, Any], session: Session
) -> None:
    for user in session.scalars(select(User)):
        (account,) = (one for one in told["accounts"] if one["email"] == user.email)
        needs = as_viewer(user, user.memberships).needs_second_factor
        assert bool(account["totp_secret"]) is needs, user.email
    known = {account["totp_secret"] for account in told["accounts"]} - {None}
    assert known == {Content().authenticator}


def test_the_code_that_is_printed_is_accepted_from_each_who_needs_one(
    told: dict[str, Any], directory: Path
) -> None:
    box = SecretBox((directory / "secret-key").read_text().strip())
    code = run_demo("--code", "--directory", str(directory / "not-looked-at")).strip()
    assert not (directory / "not-looked-at").exists()
    assert code.isdecimal()
    database = Database(told["database_url"])
    with database.writing() as opened:
        for factor in opened.scalars(select(SecondFactor)).all():
            now = datetime.now(UTC)
            assert check_code(opened, factor.user_id, code, box=box, now=now)
        opened.rollback()
    database.dispose()


def test_the_secret_is_known_to_the_demonstration_only() -> None:
    """An installation that is really used must never have it."""
    secret = Content().authenticator
    files = [
        path
        for root in (PACKAGE, TEMPLATES)
        for path in root.rglob("*")
        if path.suffix in {".py", ".yaml", ".html", ".txt"}
    ]
    holding = [path for path in files if secret in path.read_text(encoding="utf-8")]
    assert {path.parent.parent.name for path in holding} == {"demo"}


def test_every_agency_has_a_lead_and_a_signatory(told: dict[str, Any]) -> None:
    held = {(account["agency"], account["role"]) for account in told["accounts"]}
    for agency in Content().agencies.values():
        assert (agency.name, "agency-lead") in held
        assert (agency.name, "signatory") in held


def test_the_cast_is_there_with_addresses_that_reach_nobody(told: dict[str, Any]) -> None:
    by_first_name = {account["name"].split()[0]: account for account in told["accounts"]}
    assert by_first_name["Priya"]["role"] == "manager"
    assert by_first_name["Mo"]["role"] == "qa-member"
    assert by_first_name["Asif"]["agency"] == "Wendshire Police"
    assert by_first_name["Cara"]["agency"] != "Wendshire Police"
    assert by_first_name["Dana"]["agency"] == by_first_name["Hugo"]["agency"]
    assert all(account["email"].endswith("@example.org") for account in told["accounts"])
    assert by_first_name["Mo"]["agency"] is None


def agencies_of(session: Session, partnership: str) -> dict[str, str]:
    """Reference → type of the agencies of one partnership."""
    rows = session.scalars(select(Agency)).all()
    homes = {one: {home.reference for home in one.partnerships} for one in rows}
    return {one.reference: one.agency_type for one in rows if partnership in homes[one]}


def test_sixteen_agencies_of_nine_types_or_more_and_four_schools(session: Session) -> None:
    types = list(agencies_of(session, "WEND").values())
    assert Counter(types)["school"] == 4
    assert len(types) == 16 + 4
    assert len(set(types)) >= 10


def test_the_neighbour_has_agencies_of_its_own_and_shares_the_police(session: Session) -> None:
    neighbour = agencies_of(session, "TARN")
    assert len(neighbour) == 6 + 1
    assert set(neighbour) & set(agencies_of(session, "WEND")) == {"POL"}


def asked_by(session: Session, partnership: str) -> dict[str, AgencyReturn]:
    """What one partnership has to read of the round that both run together."""
    ours = agencies_of(session, partnership)
    returns = returns_of(session, "S11-2026")
    return {reference: one for reference, one in returns.items() if reference in ours}


def test_both_partnerships_run_one_round_in_which_the_police_answer_once(session: Session) -> None:
    returns = asked_by(session, "TARN")
    assert set(returns) == set(agencies_of(session, "TARN"))
    assert {home.reference for home in returns["POL"].askers} == {"WEND", "TARN"}
    assert Counter(one.status for one in returns.values()) == {
        ReturnStatus.SUBMITTED: 4,
        ReturnStatus.IN_PROGRESS: 2,
        ReturnStatus.NOT_STARTED: 1,
    }


def test_scrutiny_reads_answers_to_its_own_local_questions_only(session: Session) -> None:
    answered = {
        reference
        for reference, one in returns_of(session, "S11-2026").items()
        if one.status is ReturnStatus.SUBMITTED
        and "open-water.early-talk" in values_of(answers_of(session, one.id))
    }
    assert answered == {"TFIRE", "TYJ"}
    readers = {"qa-member": set[str](), "scrutineer": set[str]()}
    for email, role in (("delphine", "qa-member"), ("fenwick", "scrutineer")):
        user = session.scalars(select(User).filter_by(email=f"{email}@example.org")).one()
        viewer = as_viewer(user, user.memberships)
        audit_round = session.scalars(select(AuditRound).filter_by(reference="S11-2026")).one()
        asked = questionnaire_of(audit_round, with_uploads(session), visible_to=viewer)
        readers[role] = {standard.id for standard in asked.standards}
    assert readers["qa-member"] - readers["scrutineer"] == {"open-water"}


def test_somebody_judges_in_one_partnership_and_leads_an_agency_of_the_other(
    told: dict[str, Any], session: Session
) -> None:
    (account,) = (
        one for one in told["accounts"] if any(also["role"] == "qa-member" for also in one["also"])
    )
    assert (account["role"], account["agency"]) == (
        "agency-lead",
        "Wendshire Youth Justice Service",
    )
    (also,) = account["also"]
    assert also["role"] == "qa-member"
    assert also["partnership"].startswith("Tarnshire")
    user = session.scalars(select(User).where(User.email == account["email"])).one()
    assert len(as_viewer(user, user.memberships).grants) == 2


def test_the_trust_has_two_schools_whose_returns_its_viewer_reads(session: Session) -> None:
    viewer = next(
        as_viewer(one.user, [one])
        for one in session.scalars(select(Membership).where(Membership.role == Role.TRUST_VIEWER))
    )
    returns = returns_of(session, "S175-2026-27").values()
    read = {one for one in returns if viewer.may_at(Permission.SEE_RETURN, one.place)}
    assert {one.agency.reference for one in read} == {"KEST", "FERN"}


def test_contributors_have_standards_of_open_returns_to_answer(session: Session) -> None:
    rows = session.execute(
        select(User.email, Agency.reference, Delegation.standard_id)
        .join(User, User.id == Delegation.user_id)
        .join(AgencyReturn, AgencyReturn.id == Delegation.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .where(AgencyReturn.status == ReturnStatus.IN_PROGRESS)
    ).all()
    assert {(email, agency) for email, agency, _ in rows} == {
        ("bea@example.org", "POL"),
        ("tunde@example.org", "CSC"),
    }
    assert len(rows) >= 4


def test_every_agency_says_what_it_has_or_does_in_known_words(session: Session) -> None:
    agencies = session.scalars(select(Agency)).all()
    assert all(agency.attributes for agency in agencies)
    assert set().union(*(agency.attributes for agency in agencies)) <= set(AGENCY_ATTRIBUTE_LABELS)
    schools = [one.attributes for one in agencies if one.agency_type == "school"]
    assert len(set(schools)) == len(schools)


def test_the_open_round_shows_returns_at_every_stage(session: Session) -> None:
    returns = asked_by(session, "WEND")
    assert Counter(one.status for one in returns.values()) == {
        ReturnStatus.SUBMITTED: 6,
        ReturnStatus.IN_PROGRESS: 5,
        ReturnStatus.NOT_STARTED: 2,
        ReturnStatus.AWAITING_SIGN_OFF: 1,
        ReturnStatus.ALTERNATIVE_ASSURANCE: 1,
        ReturnStatus.EXEMPT: 1,
    }
    today = today_in_london(datetime.now(UTC))
    overdue = [ref for ref, one in returns.items() if is_overdue(one.status, one.due_on, today)]
    assert overdue == ["ASC"]
    assert returns["PROB"].extension_reason
    late = returns["OST"]
    assert late.submitted_at is not None
    assert days_late(late.submitted_at, late.due_on) > 0


def test_an_agency_that_cannot_assure_has_an_action_for_it(session: Session) -> None:
    stated = session.scalars(select(SideState).where(~SideState.can_assure)).one()
    assert stated.explanation
    promised = session.scalars(select(Action).where(Action.return_id == stated.return_id)).one()
    assert promised.source is ActionSource.STATEMENT


def test_a_school_waits_for_its_second_signature_and_the_other_has_both(session: Session) -> None:
    signatures: dict[str, list[Signature]] = {}
    for one in session.scalars(select(Signature).order_by(Signature.id)):
        reference = session.get_one(AgencyReturn, one.return_id).reference
        signatures.setdefault(reference, []).append(one)
    assert len(signatures["S175-2026-27-QUEN"]) == 1
    both = signatures["S175-2026-27-KEST"]
    assert [one.post for one in both] == ["Head teacher", "Chair of governors"]
    assert len({one.user_id for one in both}) == 2


def test_colleagues_work_on_a_return_together(session: Session) -> None:
    """The lead finds what was saved since they looked at a standard that they delegated."""
    one = returns_of(session, "S11-2026")["CSC"]
    here = {"return_id": one.id}
    ready = session.scalars(select(ReadyStandard).filter_by(**here)).all()
    assert {mark.standard_id for mark in ready} == {"leadership", "accountability"}
    assert session.scalar(select(func.count()).select_from(ReturnComment).filter_by(**here)) == 3
    visit = session.scalars(
        select(DeskVisit).filter_by(**here, standard_id="safer-recruitment")
    ).one()
    changed = session.scalars(
        select(StoredAnswer.updated_at).where(
            StoredAnswer.return_id == one.id, StoredAnswer.question_key.like("safer-recruitment.%")
        )
    )
    assert max(changed) > visit.looked_at
    delegated = select(Delegation.standard_id).where(Delegation.return_id == one.id)
    assert "safer-recruitment" in session.scalars(delegated).all()


def test_files_on_cases_are_at_every_stage_and_those_finished_lack_nothing(
    session: Session, catalogue: Catalogue
) -> None:
    """Of those that agencies work on now: one agency was not involved in two of the cases."""
    files = session.scalars(
        select(CaseFile)
        .join(CaseFile.case)
        .join(AuditCase.audit)
        .where(CaseAudit.status == CaseAuditStatus.AGENCY_FILES)
    ).all()
    stages = {file.state.progress for file in files}
    assert stages == set(FileProgress) - {FileProgress.CONFLICT}
    away = [file.agency.reference for file in files if file.state.no_involvement]
    assert away == ["ICB", "ICB"]
    for file in files:
        if file.state.finished:
            audit = file.case.audit
            asked = catalogue.get(audit.questionnaire_id, audit.questionnaire_version)
            assert lacking(session, file, asked).number == 0, file.subject
    open_ones = select(ImmediateConcern).where(ImmediateConcern.closed_at.is_(None))
    (concern,) = session.scalars(open_ones)
    assert concern.file in files


def test_files_support_answers_of_a_submitted_return_and_can_be_opened(
    session: Session, directory: Path
) -> None:
    one = returns_of(session, "S11-2026")["HOSP"]
    supporting = session.scalars(select(AnswerFile).where(AnswerFile.return_id == one.id)).all()
    answered = values_of(answers_of(session, one.id))
    assert {row.question_key for row in supporting} <= answered.keys()
    assert 2 in Counter(row.file_id for row in supporting).values()
    store = FolderStore(directory / "evidence")
    for file in session.scalars(select(EvidenceFile)):
        with store.open(file.sha256) as content:
            raw = content.read()
        (kind,) = (one for one in EVIDENCE if ALLOWED[one].media_type == file.media_type)
        assert not ALLOWED[kind].fault(raw, ALLOWED[kind])


def test_the_round_is_open_around_today(session: Session) -> None:
    audit_round = session.scalars(select(AuditRound).filter_by(reference="S11-2026")).one()
    today = today_in_london(datetime.now(UTC))
    assert audit_round.opens_on < today < audit_round.due_on < audit_round.closes_on
    newest = session.scalar(select(func.max(Event.happened_at)))
    assert newest is not None
    assert newest < datetime.now(UTC)
    assert newest > datetime.now(UTC) - timedelta(days=7)


def test_the_police_are_most_of_the_way_through(session: Session) -> None:
    police = returns_of(session, "S11-2026")["POL"]
    held = answers_of(session, police.id)
    waiting = unconfirmed(held)
    assert 30 <= len(held) - len(waiting) < 45
    assert held["local-priorities.domestic-abuse"].answer.value == "met"
    assert 8 <= len(waiting) <= 15
    assert "leadership.board-lead" not in waiting


def test_the_police_have_a_question_to_answer_afresh_and_one_with_another_scale(
    session: Session, questionnaire: Questionnaire
) -> None:
    held = answers_of(session, returns_of(session, "S11-2026")["POL"].id)
    afresh = questionnaire.by_key["information-sharing.sharing-at-risk"]
    assert afresh.lineage.carry is Carry.ANSWER_AFRESH
    assert afresh.key not in held
    rescaled = held["equality.anti-racism"]
    assert rescaled.to_confirm
    assert rescaled.answer.comment
    assert not rescaled.answer.value


def test_returns_of_now_bring_forward_the_answers_of_the_round_before(session: Session) -> None:
    earlier = {ref: one.id for ref, one in returns_of(session, "S11-2024").items()}
    for reference, one in returns_of(session, "S11-2026").items():
        is_started = answers_of(session, one.id) != {}
        has_answered = reference in earlier and reference != "YJS"
        assert one.carried_from_id == (earlier[reference] if is_started and has_answered else None)


def test_nothing_that_was_submitted_waits_to_be_confirmed(session: Session) -> None:
    for round_reference in ROUNDS:
        for one in returns_of(session, round_reference).values():
            if one.status is ReturnStatus.IN_PROGRESS:
                continue
            held = answers_of(session, one.id)
            assert not [key for key in unconfirmed(held) if held[key].is_asked], one.reference


def test_one_school_has_submitted_and_one_is_half_way(
    session: Session, catalogue: Catalogue
) -> None:
    returns = returns_of(session, "S175-2026-27")
    assert Counter(one.status for one in returns.values()) == {
        ReturnStatus.SUBMITTED: 1,
        ReturnStatus.IN_PROGRESS: 1,
        ReturnStatus.AWAITING_SIGN_OFF: 1,
        ReturnStatus.NIL_RETURN: 1,
    }
    answered = values_of(answers_of(session, returns["MILL"].id))
    assert 18 <= len(answered) <= 30
    asked = catalogue.get("section-175", "2026-27").by_key
    types = {asked[key].type for key in values_of(answers_of(session, returns["KEST"].id))}
    assert {
        "table",
        "percentage",
        "multiple-choice",
        "evidence-list",
        "declaration",
        "agreement",
        "date",
    } <= types


def test_the_police_are_asked_the_local_questions_of_the_neighbour(session: Session) -> None:
    """Those who meet children at the water find them behind the common questions."""
    whole = with_uploads(session)
    asked = {}
    for reference, one in returns_of(session, "S11-2026").items():
        questionnaire = questionnaire_for(one, whole)
        standards = route(questionnaire, one.respondent, {}).asked
        asked[reference] = [key for key in standards if key == "open-water"]
        pinned = one.round.local_questions[0].questionnaire_sha256
        is_neighbours = reference in agencies_of(session, "TARN")
        assert [local.sha256 for local in questionnaire.local] == [pinned] * is_neighbours
    assert {one for one, standards in asked.items() if standards} == {"POL", "TFIRE", "TYJ"}


def test_one_survey_has_closed_with_a_mismatch_and_one_is_open(
    session: Session, catalogue: Catalogue, questionnaire: Questionnaire
) -> None:
    by = operator(session)
    lines = {one.reference: one for one in survey_lines(session, visible_to=by)}
    assert (lines["PS-2026"].status, lines["PS-2026-S"].status) == ("closed", "open")
    closed = survey_of(session, "PS-2026", visible_to=by)
    assert closed is not None
    asked = catalogue.get("practitioner-survey", "2026")
    found = survey_results(session, closed, asked, questionnaire, visible_to=by)
    people = {one.reference: one.group.people for one in found.agencies}
    assert (len(people), people["KITE"], people["COPP"]) == (13, 5, None)
    flagged = {one.reference for one in found.agencies if one.group.mismatches}
    assert {"FIRE", "HOSP"} <= flagged


def test_a_draft_waits_for_the_second_manager(told: dict[str, Any], session: Session) -> None:
    (draft,) = session.scalars(select(QuestionnaireVersion).where(IS_DRAFT))
    assert (draft.questionnaire_id, draft.version) == ("local-questions", "2027")
    assert draft.status is VersionStatus.PROPOSED
    managers = [
        one["name"]
        for one in told["accounts"]
        if one["role"] == "manager" and one["partnership"].startswith("Wendshire")
    ]
    assert len(managers) == 2
    assert draft.proposed_by is not None
    assert draft.proposed_by.name == managers[0]


def test_the_second_manager_can_publish_the_draft(told: dict[str, Any]) -> None:
    database = Database(told["database_url"])
    with database.writing() as opened:
        second = opened.scalars(select(User).where(User.email == "yusuf@example.org")).one()
        viewer = as_viewer(second, second.memberships)
        (draft,) = opened.scalars(select(QuestionnaireVersion).where(IS_DRAFT))
        publish(opened, shipped_catalogue(), draft, by=viewer, now=datetime.now(UTC))
        assert draft.status is VersionStatus.PUBLISHED
        opened.rollback()
    database.dispose()


def test_the_earlier_round_is_closed_with_signatures_and_receipts(session: Session) -> None:
    returns = returns_of(session, "S11-2024")
    audit_round = next(iter(returns.values())).round
    assert audit_round.status is RoundStatus.CLOSED
    statuses = Counter(one.status for one in returns.values())
    assert statuses == {ReturnStatus.CLOSED: 14, ReturnStatus.ALTERNATIVE_ASSURANCE: 1}
    signed = set(session.scalars(select(Signature.return_id)))
    for one in returns.values():
        if one.status is ReturnStatus.CLOSED:
            assert one.id in signed
            assert one.receipt
            assert one.submitted_at
            assert one.submitted_at.date() <= audit_round.closes_on


def test_submitted_returns_lack_nothing(session: Session) -> None:
    checked, whole = 0, with_uploads(session)
    for reference in ROUNDS:
        for one in returns_of(session, reference).values():
            if one.status not in SUBMITTED_STATUSES | {ReturnStatus.AWAITING_SIGN_OFF}:
                continue
            held = answers_of(session, one.id)
            asked = route(questionnaire_for(one, whole), one.respondent, values_of(held)).asked
            questions = [question for standard in asked.values() for question in standard]
            answers = {key: answer.answer for key, answer in held.items()}
            assert gaps(questions, answers, unconfirmed(held)) == []
            checked += 1
    assert checked == 14 + (6 + 4 + 1) + (1 + 1)


def test_the_police_still_have_something_to_finish(
    session: Session, questionnaire: Questionnaire
) -> None:
    police = returns_of(session, "S11-2026")["POL"]
    held = answers_of(session, police.id)
    worry = held["safe-culture.small-worries"]
    found = gaps(
        [questionnaire.by_key["safe-culture.small-worries"]],
        {"safe-culture.small-worries": worry.answer},
    )
    assert [gap.message for gap in found] == ["Enter the date this will be done by"]


def test_a_submitted_return_has_a_critical_red(
    session: Session, questionnaire: Questionnaire
) -> None:
    critical = [question.key for question in questionnaire.questions() if question.critical]
    red = session.execute(
        select(Agency.reference, StoredAnswer.question_key)
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .join(Agency, Agency.id == AgencyReturn.agency_id)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .where(
            AuditRound.reference == "S11-2026",
            AgencyReturn.status == ReturnStatus.SUBMITTED,
            StoredAnswer.question_key.in_(critical),
            StoredAnswer.rag == "red",
        )
    ).all()
    assert ("KITE", "safer-recruitment.other-workers-checks") in [tuple(row) for row in red]


def test_actions_stand_at_every_status_and_some_are_overdue(session: Session) -> None:
    found = list(session.scalars(select(Action)))
    assert {action.status for action in found} == set(ActionStatus)
    today = today_in_london(datetime.now(UTC))
    late = [one for one in found if action_rules.is_overdue(one.status, one.due_on, today)]
    assert 0 < len(late) < len(found) / 4
    for action in found:
        if action.status is ActionStatus.OPEN:
            assert not action.impact
        if action.status is ActionStatus.VERIFIED:
            assert action.impact
            assert action.notes
        assert len(action.post) <= POST_LIMIT


def test_no_two_answers_of_a_return_share_a_comment(session: Session) -> None:
    """But for what was brought forward into both parts of a question that was split."""
    comments = session.execute(
        select(StoredAnswer.return_id, StoredAnswer.comment).where(
            StoredAnswer.comment != "", ~StoredAnswer.to_confirm
        )
    ).all()
    counts = Counter(tuple(row) for row in comments)
    assert set(counts.values()) == {1}
    assert len({comment for _, comment in comments}) >= 160


def test_comments_of_returns_read_side_by_side_differ(session: Session) -> None:
    comments = session.execute(
        select(StoredAnswer.question_key, StoredAnswer.comment)
        .join(AgencyReturn, AgencyReturn.id == StoredAnswer.return_id)
        .join(AuditRound, AuditRound.id == AgencyReturn.round_id)
        .where(
            AuditRound.reference == "S11-2026",
            AgencyReturn.status == ReturnStatus.SUBMITTED,
            AgencyReturn.id.in_([one.id for one in asked_by(session, "WEND").values()]),
            StoredAnswer.comment != "",
        )
    ).all()
    assert max(Counter(comment[:60] for _, comment in comments).values()) == 1


def test_texts_are_filled_in_and_within_their_limits(session: Session) -> None:
    for answer in session.scalars(select(StoredAnswer)):
        for text in (answer.comment, answer.evidence, answer.reason, answer.action_what):
            assert len(text) <= TEXT_LIMIT
            assert "{" not in text
            assert not text or text[0].isupper() or text[0].isdigit()
        assert len(answer.link) <= LINK_LIMIT
        assert not answer.link or answer.link.startswith("https://documents.example.org/")


def test_every_text_kept_for_some_agencies_names_a_type_or_a_group() -> None:
    content = Content()
    known = set(content.words["types"]) | set(content.words["groups"])
    for key, texts in content.texts.items():
        for level in ("met", "partly-met", "not-met"):
            tags = {next(iter(item)) for item in texts[level] if isinstance(item, dict)}
            assert tags <= known, key


def test_every_rating_question_has_texts_or_follows_into_one_that_has(
    questionnaire: Questionnaire, catalogue: Catalogue
) -> None:
    earlier = catalogue.get("section-11", "2024")
    texts = set(Content().texts)
    ratings = {question.key for question in questionnaire.questions() if question.scale}
    before = {question.key for question in earlier.questions() if question.scale}
    assert ratings <= texts <= ratings | before
    followed = {old for olds in sources(questionnaire, earlier).values() for old in olds}
    assert before <= texts | followed


def test_the_history_is_chained_and_in_order_of_time(session: Session) -> None:
    previous = None
    moment = None
    for event in session.scalars(select(Event).order_by(Event.id)):
        assert seal(event) == event.sha256
        assert previous is None or event.previous_sha256 == previous
        assert moment is None or event.happened_at >= moment
        previous, moment = event.sha256, event.happened_at
    assert session.scalars(select(EventChain.head_sha256)).one() == previous


def test_the_published_upload_is_the_one_that_the_history_sealed(session: Session) -> None:
    assert verify_published(session).fault == ""


def test_preparing_again_keeps_what_is_there_and_says_so(
    told: dict[str, Any], directory: Path, session: Session
) -> None:
    receipts = set(session.scalars(select(AgencyReturn.receipt)))
    output = run_demo("--directory", str(directory))
    assert output.startswith("Using the demonstration prepared on")
    assert "for demonstration only" in output
    session.rollback()
    assert set(session.scalars(select(AgencyReturn.receipt))) == receipts
    assert session.scalar(select(func.count(Agency.id))) == 26


def test_starting_afresh_replaces_its_own_files_only(told: dict[str, Any], directory: Path) -> None:
    assert told["database_url"].endswith("/s11audit.sqlite3")
    secret = directory / "secret-key"
    assert len(secret.read_text().strip()) >= 32
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert (directory / "kept.txt").read_text() == "mine"
    leftovers = {path.name for path in directory.iterdir()} - {"kept.txt", "secret-key", "evidence"}
    assert all(name.startswith("s11audit.sqlite3") for name in leftovers)
    assert not any("unfinished" in name for name in leftovers)


def test_joint_assessments_stand_at_every_stage_that_a_visitor_can_try(session: Session) -> None:
    found = {one.title: one for one in session.scalars(select(Assessment))}
    now = found["How the three of us lead together"]
    finished = [one.sheet.finished_at is not None for one in now.assessors if one.sheet]
    assert (now.status, finished) == ("rating", [True, True, False])
    before = now.repeats
    assert before is not None
    assert before.status == "agreed"
    actions = session.scalars(select(Action).where(Action.assessment_id == before.id)).all()
    assert {one.status for one in actions} == {"verified", "claimed-complete", "in-progress"}
    peers = found["Peer review of the ambulance service"]
    assert (peers.status, peers.about) == ("discussion", "Three Rivers Ambulance Service NHS Trust")
