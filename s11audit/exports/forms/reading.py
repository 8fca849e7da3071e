"""A form that came back filled in → what it says, and every cell that cannot be taken.

Nothing is changed here, and nothing is compared with what is stored: see `domain/filled_forms.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from s11audit.domain.answers import Answer
from s11audit.domain.filled_forms import FilledAnswer, FilledContent
from s11audit.domain.questionnaire import Question, Questionnaire
from s11audit.exports.forms.answer_reading import AnswerReader
from s11audit.exports.forms.rows_found import FoundRows, rows_in
from s11audit.exports.forms.stamp import MARK, Stamp, stamp_in
from s11audit.questionnaires.authoring.workbook_reading import sheets_in
from s11audit.questionnaires.authoring.workbook_xml import RefusedError

NO_STAMP = (
    "This is not the form of a return: it has no stamp. Download the form of your return, and fill "
    "in that one"
)


class NotThisFormError(ValueError):
    """The workbook is no form of this return. The text says why, and what to do."""


@dataclass(frozen=True)
class OpenedForm:
    """A workbook with the stamp of a return; its answers are not looked at yet."""

    stamp: Stamp
    sheets: list[dict[str, Any]]

    def read(self, questionnaire: Questionnaire, reference: str, today: date) -> FilledContent:
        """What it says to the questions of the return of this reference.

        Raises NotThisFormError where it is the form of another return, or of another version.
        """
        stamp = self.stamp
        if stamp.reference != reference:
            raise NotThisFormError(
                f"This is the form of another return ({stamp.reference}). Download the form of "
                f"{reference}, and fill in that one"
            )
        if not stamp.is_of(questionnaire):
            raise NotThisFormError(
                f"This form has version {stamp.version} of the questions, and the return asks "
                f"version {questionnaire.version}. Download the form again"
            )
        return _Reading(stamp, questionnaire, self.sheets, today).content()


def open_form(raw: bytes) -> OpenedForm:
    """The form in these bytes; raises NotThisFormError where there is none."""
    try:
        sheets = sheets_in(raw)
    except RefusedError as error:
        said = str(error)
        raise NotThisFormError(said[:1].upper() + said[1:]) from error
    return form_on(sheets)


def form_on(sheets: list[dict[str, Any]]) -> OpenedForm:
    """The form on these sheets, as `sheets_in` gives them; raises NotThisFormError."""
    stamp = stamp_in(sheets)
    if stamp is None:
        raise NotThisFormError(NO_STAMP)
    return OpenedForm(stamp, [one for one in sheets if not _has_mark(one)])


def _has_mark(sheet: dict[str, Any]) -> bool:
    return any(text == MARK for *_, text in sheet["cells"][:1])


class _Reading:
    """Reads one form, question by question."""

    def __init__(
        self, stamp: Stamp, questionnaire: Questionnaire, sheets: list[dict[str, Any]], today: date
    ) -> None:
        self._stamp = stamp
        self._today = today
        self._questions = [
            question for key, question in questionnaire.by_key.items() if self._is_on_it(question)
        ]
        columns = {one.key: stamp.columns[one.standard_id] for one in self._questions}
        self._rows: FoundRows = rows_in(sheets, columns)
        present = {key.partition(".")[0] for key in self._rows.by_key}
        self._absent = tuple(one for one in stamp.columns if one not in present)

    def _is_on_it(self, question: Question) -> bool:
        return question.key in self._stamp.answers and question.standard_id in self._stamp.columns

    def content(self) -> FilledContent:
        answers: list[FilledAnswer] = []
        wrong = list(self._rows.wrong)
        for question in self._questions:
            if question.standard_id in self._absent:
                continue
            reader = self._reader(question)
            said = reader.read()
            wrong += reader.wrong
            if not reader.wrong and question.key not in {one.key for one in self._rows.wrong}:
                answers += self._changed(question, reader, said)
        return FilledContent(tuple(answers), tuple(wrong), self._absent)

    def _reader(self, question: Question) -> AnswerReader:
        columns = self._stamp.columns[question.standard_id]
        return AnswerReader(question, self._rows.of(question.key), columns, self._today)

    def _changed(
        self, question: Question, reader: AnswerReader, said: Answer
    ) -> Iterator[FilledAnswer]:
        """The answer, where it is no longer the one that the form was written with."""
        stored, shown = self._stamp.answers[question.key]
        untouched = said.digest == shown
        if not untouched:
            yield FilledAnswer(question.key, said, stored)
        elif reader.confirms:
            yield FilledAnswer(question.key, said, stored, confirms=True)
