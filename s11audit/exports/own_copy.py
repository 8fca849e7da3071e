"""An agency's own copy of its return, to print or to keep: everything that it says, in order.

The page for printing and the document have the same content, which is put together here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.answers import Answer
from s11audit.domain.dates import long_date, long_time
from s11audit.domain.question_types import RowsType, type_of
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.domain.ratings import LABELS
from s11audit.domain.routing import Route, route
from s11audit.domain.scoring import ReturnScore, score
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import RETURN_STATUS_LABELS, ReturnStatus
from s11audit.exports.compliance import yes_or_no
from s11audit.exports.own_return import NotTheirReturnError, rating_in_words, return_facts
from s11audit.exports.rows import ReturnFacts
from s11audit.models import AgencyReturn, SideState, Signature
from s11audit.queries.reports import ReturnAnswers, own_answers
from s11audit.queries.side_states import statement_of
from s11audit.queries.signatures import every_signature_of

TO_CONFIRM = "Last time’s answer, not confirmed yet"
VOIDED = "Void: the return was changed afterwards"


@dataclass(frozen=True)
class Fact:
    """A label and what stands behind it."""

    label: str
    text: str


@dataclass(frozen=True)
class Grid:
    """A table that was filled in; the first cell of a row says which row it is."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class AnswerCopy:
    """One question with its answer: facts, or a grid before them. `note` says what to know of it.

    `anchor` is an id for its place on a page.
    """

    anchor: str
    ask: str
    facts: tuple[Fact, ...]
    grid: Grid | None = None
    note: str = ""


@dataclass(frozen=True)
class StandardCopy:
    """One standard with its self-rating and why that is so, and its answers."""

    title: str
    rating: str
    because: str
    answers: tuple[AnswerCopy, ...]


@dataclass(frozen=True)
class SignatureCopy:
    """One signature. `void` says why it no longer counts, or nothing."""

    name: str
    post: str
    signed: str
    declaration: str
    sha256: str
    void: str


@dataclass(frozen=True)
class StatementCopy:
    """What the agency states in place of answers."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class OwnCopy:
    """The whole return as it stands; `statement` is what stands in place of answers, if so."""

    facts: ReturnFacts
    statement: StatementCopy | None
    standards: tuple[StandardCopy, ...]
    signatures: tuple[SignatureCopy, ...]

    @property
    def title(self) -> str:
        return f"{self.facts.round_title}: {self.facts.agency}"

    @property
    def summary(self) -> list[Fact]:
        """What stands before the answers."""
        facts = self.facts
        return [
            Fact("Agency", f"{facts.agency} ({facts.agency_reference}), {facts.agency_type}"),
            Fact("Partnership", facts.partnership),
            Fact("Return", facts.return_reference),
            Fact("Status", facts.status),
            Fact("Due", facts.due_on),
            Fact("Submitted", facts.submitted),
            Fact("Receipt", facts.receipt),
            Fact("Required questions answered", facts.completion),
            Fact("Overall self-rating", f"{facts.rating}. {facts.because}."),
            Fact(
                "Questions", f"{facts.questionnaire_title}, version {facts.questionnaire_version}"
            ),
            Fact("Fingerprint of the questions (SHA-256)", facts.questionnaire_sha256),
            Fact("As at", facts.as_at),
        ]


def own_copy(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    *,
    visible_to: Viewer,
    as_at: datetime,
) -> OwnCopy:
    """The return for somebody of its agency, whatever its status.

    Raises NotTheirReturnError for anybody else.
    """
    own = own_answers(session, agency_return, visible_to=visible_to)
    if own is None:
        raise NotTheirReturnError(agency_return.reference)
    values = {key: answer.value for key, answer in own.answers.items()}
    scored = score(questionnaire, own.respondent, values, own.to_confirm)
    routed = route(questionnaire, own.respondent, values)
    signed = every_signature_of(session, agency_return, visible_to=visible_to)
    return OwnCopy(
        return_facts(session, agency_return, questionnaire, scored.overall, visible_to, as_at),
        _statement(statement_of(session, agency_return)),
        tuple(_standards(questionnaire, routed, own, scored)),
        tuple(_signature(one) for one in signed),
    )


def _statement(stated: SideState | None) -> StatementCopy | None:
    if stated is None:
        return None
    is_nil = stated.state is ReturnStatus.NIL_RETURN
    texts = {
        "Reason" if is_nil else "What we cannot be sure of": stated.explanation,
        "It rests on": stated.document,
        "Document": stated.file.name if stated.file else "",
        "Can the agency assure that children are safe?": ""
        if is_nil
        else yes_or_no(stated.can_assure),
        "Declaration": stated.declaration,
        "Stated by": f"{stated.user.name}, {stated.post}",
        "Stated": long_time(stated.stated_at),
    }
    return StatementCopy(RETURN_STATUS_LABELS[stated.state], tuple(_facts(texts)))


def _standards(
    questionnaire: Questionnaire, routed: Route, own: ReturnAnswers, scored: ReturnScore
) -> Iterator[StandardCopy]:
    for standard in questionnaire.standards:
        asked = [one for one in routed.asked.get(standard.id, ()) if type_of(one).has_answer]
        card = scored.standards.get(standard.id)
        if asked:
            yield StandardCopy(
                standard.title,
                rating_in_words(card) if card else "",
                card.because if card else "",
                tuple(_answer(question, own) for question in asked),
            )


def _answer(question: Question, own: ReturnAnswers) -> AnswerCopy:
    answer = own.answers.get(question.key, Answer())
    grid = _grid(question, answer.value)
    return AnswerCopy(
        anchor=question.key.replace(".", "-"),
        ask=question.ask,
        facts=(*_facts(_texts(question, answer, grid)), *_files(own.files.get(question.key, ()))),
        grid=grid,
        note=TO_CONFIRM if question.key in own.to_confirm else "",
    )


def _facts(texts: Mapping[str, str]) -> Iterator[Fact]:
    """A fact for each label that has a text."""
    for label, text in texts.items():
        if text:
            yield Fact(label, text)


def _files(names: Sequence[str]) -> Iterator[Fact]:
    """The files that support an answer, one under the other."""
    if names:
        yield Fact("File" if len(names) == 1 else "Files", "\n".join(names))


def _texts(question: Question, answer: Answer, grid: Grid | None) -> Mapping[str, str]:
    promise = answer.promise
    value = type_of(question).shown(question, answer.value) or LABELS["unanswered"]
    return {
        "Answer": "" if grid else value,
        "Why it does not apply": answer.reason,
        "Comment": answer.comment,
        "Evidence": answer.evidence,
        "Link": answer.link,
        "Action": promise.what,
        "Responsible post": promise.post,
        "By when": long_date(promise.due_on) if promise.due_on else "",
    }


def _grid(question: Question, value: str) -> Grid | None:
    kind = type_of(question)
    if not value or not isinstance(kind, RowsType):
        return None
    columns = kind.columns(question)
    rows = [
        (
            kind.row_label(question, number),
            *(kind.cell_shown(column, row) or "–" for column in columns),
        )
        for number, row in enumerate(kind.held(question, value))
    ]
    return Grid(("Row", *(column.title for column in columns)), tuple(rows))


def _signature(signature: Signature) -> SignatureCopy:
    return SignatureCopy(
        signature.user.name,
        signature.post,
        long_time(signature.signed_at),
        signature.declaration,
        signature.snapshot.sha256,
        VOIDED if signature.voided_at else "",
    )
