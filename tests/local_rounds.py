"""A round of two partnerships, each with local questions, and a return that serves both.

Downshire asks tests/questionnaires/local, Farshire a version that it has uploaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer
from s11audit.domain.questionnaire import Kind, Questionnaire
from s11audit.domain.versions import VersionStatus
from s11audit.domain.viewers import Viewer
from s11audit.models import Agency, AgencyReturn, AuditRound, Partnership, QuestionnaireVersion
from s11audit.queries.asking import (
    local_questions_to_open,
    questionnaire_for,
    questionnaire_to_open,
)
from s11audit.queries.people import operator
from s11audit.queries.questionnaires import UploadedVersions, look_again
from s11audit.queries.returns import answers_of, latest_snapshot
from s11audit.questionnaires.catalogue import Catalogue
from s11audit.services.answer_changes import Change
from s11audit.services.answers import save_answers
from s11audit.services.evidence import add_file
from s11audit.services.evidence_store import FolderStore
from s11audit.services.local_questions import choose_local_questions
from s11audit.services.returns import send_for_sign_off, sign_and_submit
from s11audit.services.rounds import create_round, take_round_step
from tests.cast import Cast
from tests.contents import EVIDENCE, kept
from tests.furnished import QUESTIONNAIRES
from tests.rounds_and_returns import COMPLETE, IN_SPRING, NEVER, NOON, return_named

ROUND = "SHARED"
POLICE = "SHARED-POL"
# Words of Farshire's that nobody of Downshire may read, each of them once in a text.
SECRET = "zqcanary"
FARSHIRES = f"""
questionnaire: far-local
version: "1"
kind: self-assessment
title: {SECRET}1 about the coast
declaration: Not declared by anybody.
introduction: {SECRET}2 begins it.
scales:
  compliance:
    - {{id: {SECRET}-met, label: "{SECRET}3", rag: green, points: 1, meaning: "{SECRET}4"}}
    - {{id: {SECRET}-not, label: "{SECRET}5", rag: red, points: 0, meaning: "{SECRET}6"}}
standards:
  - id: {SECRET}-coast
    title: {SECRET}7 at the coast
    summary: {SECRET}8 is why.
    questions:
      - id: boats
        title: {SECRET}9
        type: rating
        scale: compliance
        critical: yes
        action: when-red
        ask: Is {SECRET}10 in the boats?
      - id: sailors
        title: {SECRET}11
        type: number
        unit: {SECRET}12
        ask: How many are {SECRET}13?
      - id: harbours
        title: {SECRET}14
        type: table
        ask: Which are {SECRET}15?
        columns: [{{id: name, title: "{SECRET}16", type: short-text}}]
        rows: [{{id: one, label: "{SECRET}19"}}]
      - id: lamps
        title: {SECRET}17
        type: yes-no
        ask: Are there {SECRET}18?
""".encode()
# What the police answer to the local questions of each.
OF_DOWN = {
    "canals.patrols": Answer(
        "no", promise=Promise("Walk the towpaths", "Head of Waterways", IN_SPRING)
    ),
    "canals.boats": Answer("no"),
}
OF_FAR = {
    f"{SECRET}-coast.boats": Answer(
        f"{SECRET}-not",
        comment=f"{SECRET}20",
        promise=Promise(f"{SECRET}21 by boat", f"{SECRET}22", date(2027, 3, 31)),
    ),
    f"{SECRET}-coast.sailors": Answer("7041"),
    f"{SECRET}-coast.harbours": Answer('[{"row":"one","name":"zqcanary23"}]'),
    f"{SECRET}-coast.lamps": Answer("yes"),
}
# Which file supports which answer, of each partnership's questions and of the common ones.
FILES = {
    "leadership.board-lead": "policy.pdf",
    "canals.patrols": "towpaths.pdf",
    f"{SECRET}-coast.boats": f"{SECRET}24.pdf",
}


@dataclass(frozen=True)
class Shared:
    """The round that both ask, of which one knows everything there is."""

    audit_round: AuditRound
    catalogue: Catalogue


def whole_catalogue(session: Session) -> Catalogue:
    """Every version, whoever has uploaded it."""
    by = operator(session)
    return Catalogue([QUESTIONNAIRES], UploadedVersions(lambda: session, lambda: by))


def upload(session: Session, cast: Cast, raw: bytes = FARSHIRES, of: str = "FAR") -> Questionnaire:
    """A version that a partnership has uploaded and published."""
    asked = Catalogue([QUESTIONNAIRES]).checked(raw, "uploaded")
    session.add(
        QuestionnaireVersion(
            partnership_id=cast.partnerships[of], questionnaire_id=asked.id, version=asked.version,
            title=asked.title, kind=Kind.SELF_ASSESSMENT, source=raw.decode(), sha256=asked.sha256,
            status=VersionStatus.PUBLISHED, uploaded_by_id=cast["Olga"].user_id, uploaded_at=NOON,
            published_at=NOON,
        )
    )  # fmt: skip
    session.flush()
    look_again(session)
    return asked


def draft(session: Session, cast: Cast, small: Questionnaire) -> Shared:
    """The draft of both partnerships; the police belong to both, the others to one."""
    far = session.get_one(Partnership, cast.partnerships["FAR"])
    police = session.get_one(Agency, cast.agencies["POL"])
    police.partnerships.append(far)
    session.flush()
    both = operator(session)
    agencies = [cast.agencies[one] for one in ("POL", "HOSP", "FARPOL")]
    audit_round = create_round(
        session, cast.partnerships["DOWN"], ROUND, "Asked together", small,
        date(2026, 10, 1), date(2026, 12, 18), NEVER, agencies,
        shared_with=[far.id], by=both, now=NOON,
    )  # fmt: skip
    return Shared(audit_round, whole_catalogue(session))


def choose(
    session: Session, shared: Shared, cast: Cast, whose: str, asked: Questionnaire, by: Viewer
) -> None:
    """Let one partnership ask this besides."""
    audit_round, catalogue = shared.audit_round, shared.catalogue
    choose_local_questions(
        session,
        audit_round,
        session.get_one(Partnership, cast.partnerships[whose]),
        asked,
        common=questionnaire_to_open(audit_round, catalogue),
        others=local_questions_to_open(session, audit_round, catalogue),
        by=by,
        now=NOON,
    )


def open_it(session: Session, shared: Shared, by: Viewer) -> None:
    audit_round, catalogue = shared.audit_round, shared.catalogue
    take_round_step(
        session,
        audit_round,
        "open",
        by=by,
        now=NOON,
        questionnaire=questionnaire_to_open(audit_round, catalogue),
        local=local_questions_to_open(session, audit_round, catalogue),
    )


def open_with_local_questions(session: Session, cast: Cast, small: Questionnaire) -> Shared:
    """Both partnerships have chosen local questions, and the round is open."""
    shared = draft(session, cast, small)
    choose(session, shared, cast, "DOWN", shared.catalogue.get("local", "1"), cast["Priya"])
    choose(session, shared, cast, "FAR", upload(session, cast), cast["Olga"])
    open_it(session, shared, cast["Priya"])
    return shared


def answer(
    session: Session, reference: str, answers: dict[str, Answer], shared: Shared, by: Viewer
) -> AgencyReturn:
    """Save these answers in a return, as somebody who has just looked at it."""
    found = return_named(session, reference)
    held = answers_of(session, found.id)
    changes = [
        Change(key, one, held[key].answer.digest if key in held else Answer().digest)
        for key, one in answers.items()
    ]
    asked = questionnaire_for(found, shared.catalogue)
    save_answers(session, found, asked, changes, by=by, now=NOON)
    session.refresh(found)
    return found


def submit_police(session: Session, cast: Cast, shared: Shared) -> AgencyReturn:
    """The police's one return, answered for both and signed."""
    everything = {**COMPLETE, **OF_DOWN, **OF_FAR}
    found = answer(session, POLICE, everything, shared, cast["Asif"])
    asked = questionnaire_for(found, shared.catalogue)
    told = {"store": FolderStore(EVIDENCE), "by": cast["Asif"], "now": NOON}
    for key, name in FILES.items():
        add_file(session, found, key, kept(name), [asked], **told)
    send_for_sign_off(session, found, asked, by=cast["Asif"], now=NOON)
    snapshot = latest_snapshot(session, found.id)
    assert snapshot is not None
    sign_and_submit(
        session, found, asked, snapshot_sha256=snapshot.sha256, post="Chief Constable",
        by=cast["Ines"], now=NOON,
    )  # fmt: skip
    return found
