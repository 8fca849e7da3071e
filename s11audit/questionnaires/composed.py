"""What was composed already, kept by fingerprints so that no request composes again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from s11audit.domain.composing import LocalPart, compose, seen_by
from s11audit.domain.questionnaire import Questionnaire

MOST_KEPT = 200

_Key = tuple[object, ...]


class ComposedVersions:
    """Compositions, and the parts of them that some partnerships see; the least used make room."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[_Key, Questionnaire] = OrderedDict()
        self._lock = Lock()

    def get(
        self, common: Questionnaire, parts: Sequence[LocalPart], seen_in: frozenset[str] | None
    ) -> Questionnaire:
        """The common version with these parts; `seen_in` leaves what these partnerships see of it.

        Raises ClashError.
        """
        if not parts and (seen_in is None or not common.is_parted):
            return common
        key = (
            *(common.id, common.version, common.sha256, seen_in),
            *((part.version, part.name) for part in parts),
        )
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        whole = compose(common, parts)
        made = whole if seen_in is None else seen_by(whole, seen_in)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made
