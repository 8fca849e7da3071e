"""Excel forms that came back filled in: kept while somebody looks, and applied once.

Nothing of a form reaches the return before it is applied. An answer that was changed on the
website since the form was written is never overwritten unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from s11audit.domain.filled_forms import (
    Comparison,
    Difference,
    FilledContent,
    as_json,
    compare,
    from_json,
)
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.viewers import Viewer
from s11audit.models import AgencyReturn, FilledForm
from s11audit.queries.delegations import share_of
from s11audit.queries.filled_forms import unapplied_forms
from s11audit.queries.returns import answers_of, unconfirmed
from s11audit.services.answer_changes import Change
from s11audit.services.answers import Saved, save_answers
from s11audit.services.events import record_by

LONGEST_NAME = 200


@dataclass(frozen=True)
class Decision:
    """What somebody chose about a conflict; `seen` is the digest of the online text they saw."""

    takes_form: bool
    seen: str


@dataclass(frozen=True)
class Applied:
    """What became of a form. `undecided` are conflicts that nobody has seen and settled yet."""

    saved: Saved
    undecided: tuple[Difference, ...] = ()


def keep_form(
    session: Session,
    agency_return: AgencyReturn,
    content: FilledContent,
    *,
    name: str,
    sha256: str,
    by: Viewer,
    now: datetime,
) -> FilledForm:
    """Keep what a form says until its sender has looked at it; an earlier one of theirs goes."""
    for earlier in unapplied_forms(session, agency_return, visible_to=by):
        session.delete(earlier)
    kept = FilledForm(
        return_id=agency_return.id,
        user_id=by.user_id,
        name=name[:LONGEST_NAME],
        sha256=sha256,
        content=as_json(content),
        uploaded_at=now,
    )
    session.add(kept)
    session.flush()
    _record(session, "form-uploaded", agency_return, {"sha256": sha256}, by, now)
    return kept


def compared(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    content: FilledContent,
    *,
    by: Viewer,
) -> Comparison:
    """What a form would change in the return as it stands now, for this person."""
    held = answers_of(session, agency_return.id)
    share = share_of(session, agency_return, Permission.EDIT_ANSWERS, visible_to=by)
    answers = {key: one.answer for key, one in held.items()}
    return compare(content, questionnaire, answers, unconfirmed(held), share)


def apply_form(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    kept: FilledForm,
    decisions: Mapping[str, Decision],
    *,
    by: Viewer,
    now: datetime,
    chain: Sequence[Questionnaire] = (),
) -> Applied | None:
    """Apply a form that was looked at; None where that was done before, and nothing is changed.

    While a conflict is undecided the form stays. Raises as `save_answers` does.
    """
    if kept.applied_at is not None:
        return None
    content = from_json(kept.content)
    applied = apply_content(
        session, agency_return, questionnaire, content, decisions, by=by, now=now, chain=chain
    )
    if not applied.undecided:
        kept.content, kept.applied_at = "", now
        detail = {"sha256": kept.sha256, "questions": sorted(applied.saved.changed)}
        _record(session, "form-applied", agency_return, detail, by, now)
    session.flush()
    return applied


def apply_content(
    session: Session,
    agency_return: AgencyReturn,
    questionnaire: Questionnaire,
    content: FilledContent,
    decisions: Mapping[str, Decision],
    *,
    by: Viewer,
    now: datetime,
    chain: Sequence[Questionnaire] = (),
) -> Applied:
    """Save what a form changes, and of conflicts what was decided for it.

    The return must be locked by the caller. Raises as `save_answers` does.
    """
    found = compared(session, agency_return, questionnaire, content, by=by)
    undecided = tuple(one for one in found.conflicts if not _is_decided(one, decisions))
    taken = [
        one
        for one in found.conflicts
        if one not in undecided and decisions[one.question.key].takes_form
    ]
    changes = list(_changes([*found.differences, *taken]))
    saved = save_answers(
        session, agency_return, questionnaire, changes, by=by, now=now, chain=chain
    )
    return Applied(saved, undecided)


def _is_decided(conflict: Difference, decisions: Mapping[str, Decision]) -> bool:
    """Whether somebody chose, and for the form only over the very text that they saw."""
    decision = decisions.get(conflict.question.key)
    return decision is not None and (not decision.takes_form or decision.seen == conflict.seen)


def _changes(differences: Iterable[Difference]) -> Iterable[Change]:
    for one in differences:
        yield Change(one.question.key, one.will, one.seen, confirms=one.confirms)


def _record(
    session: Session,
    kind: str,
    agency_return: AgencyReturn,
    detail: dict[str, Any],
    by: Viewer,
    now: datetime,
) -> None:
    subject = f"return {agency_return.reference}"
    record_by(session, kind, subject, by, now, detail, of=agency_return)
