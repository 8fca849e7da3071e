"""Freezing a return: what its signatories read and sign, in words that nothing changes later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from s11audit.domain.actions import Promise
from s11audit.domain.answers import Answer, Gap, gaps
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.routing import route
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, EvidenceFile, Snapshot
from s11audit.queries.evidence import files_of_return
from s11audit.queries.returns import answers_of, unconfirmed, values_of


@dataclass(frozen=True)
class Written:
    """A return's asked questions' answers and their files, as they stand now."""

    answers: Mapping[str, Answer]
    files: Mapping[str, Sequence[EvidenceFile]]
    gaps: tuple[Gap, ...]

    @property
    def promises(self) -> dict[str, Promise]:
        """Those that are complete, by the key of their question."""
        everything = self.answers.items()
        return {key: answer.promise for key, answer in everything if answer.promise.is_complete}


def written_in(
    session: Session, agency_return: AgencyReturn, questionnaire: Questionnaire
) -> Written:
    """What the agency has written so far, whatever its status; the viewer is checked."""
    held = answers_of(session, agency_return.id)
    asked = route(questionnaire, agency_return.respondent, values_of(held)).asked
    questions = [question for standard in asked.values() for question in standard]
    answers = {q.key: held[q.key].answer for q in questions if q.key in held}
    attached = files_of_return(session, agency_return.id)
    files = {q.key: attached[q.key] for q in questions if q.key in attached}
    lacking = gaps(questions, answers, unconfirmed(held), files.keys())
    return Written(answers, files, tuple(lacking))


def freeze(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    written: Written,
    *,
    by: Viewer,
    now: datetime,
) -> Snapshot:
    """Keep what is written as canonical JSON, with its SHA-256."""
    content = json.dumps(
        {
            "return": agency_return.reference,
            "questionnaire": [questionnaire.id, questionnaire.version, questionnaire.sha256],
            **_local(questionnaire),
            "answers": {key: _plain(answer) for key, answer in written.answers.items()},
            "files": {
                key: [[file.name, file.sha256] for file in files]
                for key, files in written.files.items()
            },
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    snapshot = Snapshot(
        return_id=agency_return.id,
        sha256=hashlib.sha256(content.encode()).hexdigest(),
        content=content,
        frozen_at=now,
        frozen_by_id=by.user_id,
    )
    session.add(snapshot)
    session.flush()
    return snapshot


def _local(questionnaire: Questionnaire) -> dict[str, dict[str, list[str]]]:
    """The local questions that were answered as well; nothing where there are none."""
    local = {one.partnership: [one.id, one.version, one.sha256] for one in questionnaire.local}
    return {"local": local} if local else {}


def _plain(answer: Answer) -> dict[str, str]:
    promise = answer.promise
    return {
        "value": answer.value,
        "reason": answer.reason,
        "comment": answer.comment,
        "evidence": answer.evidence,
        "link": answer.link,
        "action_what": promise.what,
        "action_post": promise.post,
        "action_due": promise.due_on.isoformat() if promise.due_on else "",
    }
