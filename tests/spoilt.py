"""The furnished world in which somebody has typed something hostile wherever they could."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from sqlalchemy import Column, String, Table, UniqueConstraint, select, update
from sqlalchemy.orm import Session

from s11audit.domain.permissions import Permission
from s11audit.domain.versions import VersionStatus
from s11audit.models import AuditRound, Base, QuestionnaireVersion, StoredAnswer
from s11audit.models.base import Code, Codes
from s11audit.questionnaires.catalogue import Catalogue
from tests.furnished import QUESTIONNAIRES, Furnished, Stage, draft_called
from tests.rounds_and_returns import NOON

# What is typed into a column.
Words = Callable[[Column[Any]], str]
# Columns that hold what only the application writes: everything else is somebody's words.
OURS = re.compile(
    r"sha256$|^password_hash$|^secret$|^public_key$|^credential_id$|^questionnaire_(id|version)$"
    r"|^(question_key|standard_id|agency_type|points|kind|rag|content|source|version|value)$"
    r"|^(subject|address|receipt|place|because|certificate|reference|text|media_type)$"
)


def spoil(session: Session, words: Words) -> None:
    """Put markup into every text of every row that somebody could have typed."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if _is_typed(column):
                _spoil(session, table, column, words)
    typed = StoredAnswer.question_key.in_(("custody.post", "training.difference"))
    session.execute(
        update(StoredAnswer).where(typed).values(value=words(StoredAnswer.__table__.c.value))
    )


def _is_typed(column: Column[Any]) -> bool:
    is_ours = column.foreign_keys or isinstance(column.type, Code) or OURS.search(column.name)
    is_text = isinstance(column.type, String | Codes)
    return bool(is_text and not is_ours and column.table.name != "events")


def _spoil(session: Session, table: Table, column: Column[Any], words: Words) -> None:
    """What may stand there once only is told apart by its last characters."""
    key = next(iter(table.primary_key.columns))
    for number in session.scalars(select(key)).all():
        text: Any = words(column) + (str(number) if _stands_once(table, column) else "")
        if isinstance(column.type, Codes):
            text = frozenset(text.split())
        session.execute(update(table).where(key == number).values({column.name: text}))


def _stands_once(table: Table, column: Column[Any]) -> bool:
    """Whether no two rows may hold the same, by itself or beside another column."""
    together = (one.columns for one in table.constraints if isinstance(one, UniqueConstraint))
    return bool(column.unique) or any(column.name in columns for columns in together)


def spoilt_questionnaire(typed: str) -> str:
    """The small questionnaire with markup in every text that its author wrote."""
    content = _spoilt(yaml.safe_load(draft_called("spoilt")), "", typed)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False)


def _spoilt(content: Any, key: str, typed: str) -> Any:
    if isinstance(content, dict):
        return {name: _spoilt(held, name, typed) for name, held in content.items()}
    if isinstance(content, list):
        return [_spoilt(held, key, typed) for held in content]
    if key == "is" and isinstance(content, bool):
        return "yes" if content else "no"
    return f"{typed} {content}" if key in WRITTEN and isinstance(content, str) else content


WRITTEN = ("title", "summary", "introduction", "declaration", "label", "meaning", "ask", "help",
           "unit", "law", "good", "examples")  # fmt: skip


def ask_spoilt(session: Session, typed: str, partnership_id: int, user_id: int) -> None:
    """Publish the spoilt questionnaire, and let every round be one of it."""
    source = spoilt_questionnaire(typed)
    checked = Catalogue([QUESTIONNAIRES]).checked(source.encode(), "spoilt")
    session.add(
        QuestionnaireVersion(
            partnership_id=partnership_id, questionnaire_id="spoilt", version="1",
            title=checked.title, kind=checked.kind, source=source, sha256=checked.sha256,
            status=VersionStatus.PUBLISHED, uploaded_by_id=user_id, uploaded_at=NOON,
            published_by_id=user_id, published_at=NOON,
        )
    )  # fmt: skip
    pinned = {"questionnaire_id": "spoilt", "questionnaire_sha256": checked.sha256}
    session.execute(update(AuditRound).values(pinned))


@contextmanager
def spoilt_stage(furnished: Furnished, who: str, words: Words, typed: str) -> Iterator[Stage]:
    """The furnished world, in which everybody typed what `words` says for each column.

    Authors of questionnaires typed `typed`, before what they meant.
    """
    priya = furnished.people["Priya"]
    with furnished.stage(who) as stage:
        with stage.database.writing.begin() as session:
            spoil(session, words)
            (home,) = priya.partnerships(Permission.EDIT_AGENCIES)
            ask_spoilt(session, typed, home, priya.user_id)
        yield stage
