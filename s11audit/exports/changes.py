"""The table of changes between two versions of a questionnaire, as a workbook to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import zip_longest
from os import PathLike
from typing import IO

from s11audit.domain.dates import long_time
from s11audit.domain.lineage import CHANGE_LABELS, Change, ChangeKind
from s11audit.domain.questionnaire import Carry, Question, Questionnaire
from s11audit.exports.layout import layout_named
from s11audit.exports.question_rows import ChangeFacts, ChangeRow


def write_changes(
    old: Questionnaire,
    new: Questionnaire,
    changes: Sequence[Change],
    path_or_stream: str | PathLike[str] | IO[bytes],
    written_at: datetime,
) -> None:
    """Write `exports/changes.yaml`: what `compare(old, new)` gave, at this (aware) moment."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    write_workbook(
        layout_named("changes"),
        _facts(old, new, changes, written_at),
        {ChangeRow: change_rows(changes)},
        path_or_stream,
        written_at=written_at,
    )


def change_rows(changes: Iterable[Change]) -> Iterator[ChangeRow]:
    """A row a change; where several questions were split or merged, a row for each of them."""
    for change in changes:
        for old, new in zip_longest(change.old, change.new):
            yield _row(change, old, new)


def _row(change: Change, old: Question | None, new: Question | None) -> ChangeRow:
    afresh = new is not None and new.lineage.carry is Carry.ANSWER_AFRESH
    return ChangeRow(
        kind=CHANGE_LABELS[change.kind],
        also="; ".join(CHANGE_LABELS[kind] for kind in change.also),
        old_key=old.key if old else "",
        old_text=old.ask if old else "",
        new_key=new.key if new else "",
        new_text=new.ask if new else "",
        differs="; ".join(change.differs).capitalize(),
        why_afresh=new.lineage.why_afresh if new and afresh else "",
    )


def _facts(
    old: Questionnaire, new: Questionnaire, changes: Sequence[Change], written_at: datetime
) -> ChangeFacts:
    kinds = Counter(change.kind for change in changes)
    return ChangeFacts(
        title=new.title,
        old_version=old.version,
        new_version=new.version,
        old_sha256=old.sha256,
        new_sha256=new.sha256,
        as_at=long_time(written_at),
        old_count=len(old.by_key),
        new_count=len(new.by_key),
        unchanged=kinds[ChangeKind.UNCHANGED],
        reworded=kinds[ChangeKind.REWORDED],
        moved=kinds[ChangeKind.MOVED],
        scale_changed=kinds[ChangeKind.SCALE_CHANGED],
        split=kinds[ChangeKind.SPLIT],
        merged=kinds[ChangeKind.MERGED],
        added=kinds[ChangeKind.ADDED],
        removed=kinds[ChangeKind.REMOVED],
    )
