"""Questionnaires that were parsed already, kept by fingerprint so that no request parses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from s11audit.domain.questionnaire import Questionnaire
from s11audit.questionnaires.faults import QuestionnaireFaultsError
from s11audit.questionnaires.loading import Named, load_bytes
from s11audit.questionnaires.parts import LibraryScale, ScaleLibrary

MOST_KEPT = 200


@dataclass(frozen=True)
class _Parsed:
    """What came of a text, and what the scales that it asked the library for were then."""

    outcome: Questionnaire | QuestionnaireFaultsError
    scales: Mapping[str, object]


class _WatchedLibrary:
    """A scale library that remembers what it was asked for."""

    def __init__(self, library: ScaleLibrary) -> None:
        self._library = library
        self.asked: dict[str, object] = {}

    def names(self) -> frozenset[str]:
        return self._library.names()

    def get(self, name: str) -> LibraryScale | None:
        self.asked[name] = _state(self._library, name)
        return self._library.get(name)


def _state(library: ScaleLibrary, name: str) -> object:
    """The bytes of a scale, None where there is none, or what is wrong with it."""
    try:
        scale = library.get(name)
    except QuestionnaireFaultsError as error:
        return error.faults
    return scale.raw if scale else None


class ParsedVersions:
    """What was parsed last, for every thread of the process; the least used makes room."""

    def __init__(self, library: ScaleLibrary, most: int = MOST_KEPT) -> None:
        self._library = library
        self._most = most
        self._kept: OrderedDict[tuple[str, Named, str], _Parsed] = OrderedDict()
        self._lock = Lock()

    def get(
        self, place: str, named: Named, digest: str, read: Callable[[], bytes]
    ) -> Questionnaire:
        """The questionnaire at `place`; `read` is called only if no text of this digest is kept.

        A scale of the library that has changed since is a reason to parse again, too. Raises
        QuestionnaireFaultsError.
        """
        key = (place, named, digest)
        parsed = self._known(key)
        if parsed is None:
            parsed = self._parse(read(), place, named)
            with self._lock:
                self._kept[key] = parsed
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        if isinstance(parsed.outcome, QuestionnaireFaultsError):
            raise QuestionnaireFaultsError(parsed.outcome.faults)
        return parsed.outcome

    def _known(self, key: tuple[str, Named, str]) -> _Parsed | None:
        with self._lock:
            parsed = self._kept.get(key)
            if parsed is None:
                return None
            self._kept.move_to_end(key)
        as_it_was = all(_state(self._library, name) == was for name, was in parsed.scales.items())
        return parsed if as_it_was else None

    def _parse(self, raw: bytes, place: str, named: Named) -> _Parsed:
        library = _WatchedLibrary(self._library)
        try:
            return _Parsed(load_bytes(raw, place, named, library), library.asked)
        except QuestionnaireFaultsError as error:
            return _Parsed(error, library.asked)
