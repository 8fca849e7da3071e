"""What a version must agree on with other versions: those it replaces, and those it tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from s11audit.domain.lineage import unaccounted
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.questionnaires.faults import (
    Fault,
    FaultCollector,
    QuestionnaireFaultsError,
    nearest,
    quote,
    suggest,
)
from s11audit.questionnaires.source import Section, line_at, read_source

LONGEST_CHAIN = 100


class OtherVersions(Protocol):
    """Where the versions that a file speaks of are looked up."""

    def find(self, id_: str, version: str) -> Questionnaire | None:
        """This version; None where it is nowhere. Raises QuestionnaireFaultsError."""
        ...

    def editions(self, id_: str) -> list[Questionnaire]:
        """Every version of a questionnaire that can be read."""
        ...


def lineage_faults(
    questionnaire: Questionnaire, raw: bytes, place: str, others: OtherVersions
) -> list[Fault]:
    """What a file without faults of its own gets wrong about other versions.

    `raw` are the bytes that it was read from, for the lines of its keys.
    """
    faults = FaultCollector(place)
    try:
        checker = _Checker(questionnaire, read_source(raw, faults), faults, others)
        checker.check()
        faults.raise_if_any()
    except QuestionnaireFaultsError as error:
        return list(error.faults)
    return []


class _Checker:
    def __init__(
        self, new: Questionnaire, root: Section, faults: FaultCollector, others: OtherVersions
    ) -> None:
        self._new = new
        self._root = root
        self._faults = faults
        self._others = others

    def check(self) -> None:
        self._add_tested_faults()
        if not self._new.replaces:
            return
        try:
            old = self._others.find(self._new.id, self._new.replaces)
        except QuestionnaireFaultsError:
            self._add(f"{self._replaced()} has faults of its own: mend these first", "replaces")
            return
        if old is None:
            self._add(
                f"{self._replaced()} is nowhere: put its file beside this one, or mend the version",
                "replaces",
            )
            return
        self._add_loop_fault(old)
        self._add_was_faults(old)
        self._add_dropped_faults(old)
        for key in unaccounted(old, self._new):
            self._add(
                f"{quote(key)} of {old.version} is lost: name it under “was” of the question that "
                "follows it, or under “dropped”",
                "replaces",
            )

    def _replaced(self) -> str:
        return f"the version {quote(self._new.replaces)} of {quote(self._new.id)}"

    def _add(self, message: str, *place: str | int) -> None:
        self._faults.add(line_at(self._root, place), message)

    def _questions(self) -> Iterator[tuple[Question, tuple[str | int, ...]]]:
        """Each question and its place in the file."""
        for outer, standard in enumerate(self._new.standards):
            for inner, question in enumerate(standard.questions):
                yield question, ("standards", outer, "questions", inner)

    def _add_loop_fault(self, old: Questionnaire) -> None:
        """A chain of versions must have an end."""
        path = [self._new.version, old.version]
        older: Questionnaire | None = old
        while older and older.replaces and len(path) < LONGEST_CHAIN:
            path.append(older.replaces)
            if older.replaces == self._new.version:
                words = ", which replaces ".join(path[1:])
                self._add(
                    f"{path[0]} replaces {words}: a version cannot replace itself", "replaces"
                )
            if older.replaces in path[:-1]:
                return  # or a loop among older versions, whose own files will say so
            try:
                older = self._others.find(self._new.id, older.replaces)
            except QuestionnaireFaultsError:
                return

    def _add_was_faults(self, old: Questionnaire) -> None:
        for question, place in self._questions():
            for index, key in enumerate(question.lineage.was):
                if key not in old.by_key:
                    self._add(self._no_key(key, old), *place, "was", index)

    def _add_dropped_faults(self, old: Questionnaire) -> None:
        followed = {
            key: question.key
            for question, _ in self._questions()
            for key in question.lineage.was or (question.key,)
        }
        for index, key in enumerate(self._new.dropped):
            if key not in old.by_key:
                self._add(self._no_key(key, old), "dropped", index)
            elif key in followed:
                self._add(
                    f"{quote(key)} is dropped, but {quote(followed[key])} follows it: "
                    "take one of them out",
                    "dropped",
                    index,
                )

    def _no_key(self, key: str, old: Questionnaire) -> str:
        near = nearest(key, old.by_key)
        hint = f": did you mean {quote(near)}?" if near else ""
        return f"version {quote(old.version)} has no question {quote(key)}{hint}"

    def _add_tested_faults(self) -> None:
        for question, place in self._questions():
            if question.tests is None:
                continue
            id_, wanted = question.tests.questionnaire_id, question.tests.standard_id
            editions = self._others.editions(id_)
            standards = {standard.id for one in editions for standard in one.standards}
            if not editions:
                self._add(f"there is no questionnaire {quote(id_)}", *place, "tests")
            elif wanted not in standards:
                near = suggest(wanted, sorted(standards))
                message = f"no version of {quote(id_)} has a standard {quote(wanted)}: {near}"
                self._add(message, *place, "tests")
