"""The table of changes between two versions, for whoever runs a questionnaire or answers it."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from s11audit.domain.lineage import CHANGE_LABELS, Change, ChangeKind, compare
from s11audit.domain.questionnaire import Questionnaire
from s11audit.web.questionnaires.wording import answer_words


def table_of_changes(
    older: Questionnaire, newer: Questionnaire, among: Container[str] | None = None
) -> dict[str, Any]:
    """What `questionnaires/change-groups.html` draws.

    `among` are the keys, of either version, of the questions that the reader is or was asked;
    changes to others are left out.
    """
    return {
        "older": older,
        "newer": newer,
        "groups": _by_kind([one for one in compare(older, newer) if _concerns(one, among)]),
        "labels": CHANGE_LABELS,
        "answer_words": answer_words,
        "standard_title": _standard_title,
    }


def _concerns(change: Change, among: Container[str] | None) -> bool:
    return among is None or any(one.key in among for one in change.new or change.old)


def _by_kind(found: list[Change]) -> dict[ChangeKind, list[Change]]:
    """The changes of each kind, the most telling kind first; kinds without any are absent."""
    groups = {kind: [one for one in found if one.kind is kind] for kind in ChangeKind}
    return {kind: changes for kind, changes in groups.items() if changes}


def _standard_title(questionnaire: Questionnaire, key: str) -> str:
    standard = questionnaire.standard(key.partition(".")[0])
    return standard.title if standard else ""
