"""The form of a questionnaire as a workbook, blank or filled: to print, or to fill in offline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import asdict
from datetime import UTC, datetime
from os import PathLike
from typing import IO, Any

from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing_words import audience_words
from s11audit.domain.shares import EVERYTHING
from s11audit.exports.forms.answers import answer_rows
from s11audit.exports.forms.boxes import BoxRow, HeadingRow
from s11audit.exports.forms.facts import FormFacts, Offered, form_facts, offered_to
from s11audit.exports.forms.guidance import Guide, good_practice, meanings, sources_of
from s11audit.exports.forms.layout import FormLayout, form_layout
from s11audit.exports.forms.stamp import FormOfReturn, Stamp, digest_shown

# What the name of a sheet cannot hold, and how long it can be.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_LONGEST_NAME = 31


def write_form(
    questionnaire: Questionnaire,
    respondent: Respondent | None,
    path_or_stream: str | PathLike[str] | IO[bytes],
    *,
    answers: Mapping[str, Answer] | None = None,
    agency: str = "",
    written_at: datetime,
    of: FormOfReturn | None = None,
) -> None:
    """Write `exports/form.yaml` for whoever answers, at this (aware) moment.

    Without a respondent it has every question, each saying of whom it is asked. `answers` (key →
    answer) fill it in; those to questions that they hide are left out. A form `of` a return can be
    read back, for it has a stamp.
    """
    from openpyxl import Workbook  # slow to load

    layout = form_layout()
    offered = offered_to(questionnaire, respondent, answers, of.share if of else EVERYTHING)
    comes_back = of is not None
    facts = form_facts(
        questionnaire, respondent, offered, written_at, layout.words, comes_back=comes_back
    )
    book = Workbook()
    _describe(book, layout, facts, written_at)
    marking = layout.marking_filled if answers else ""
    drawing = _Drawing(book, layout, facts, of.to_confirm if of else frozenset(), marking=marking)
    drawing.read_me(book.active, agency, filled=bool(answers), questionnaire=questionnaire)
    guide = Guide(questionnaire, offered.numbers, layout.words)
    for place, (standard, questions) in enumerate(offered.standards, 1):
        drawing.standard(place, standard, questions, offered, guide, for_all=respondent is None)
    drawing.hide_lists()
    if of:
        drawing.hide_stamp(_stamp(of, questionnaire, offered, drawing.columns, written_at))
    book.save(path_or_stream)


def sheet_name(place: int, title: str) -> str:
    """The name of the sheet of a standard: its place, and as much of its title as fits."""
    words = " ".join(_NOT_IN_NAMES.sub(" ", title).split())
    return f"{place} {words}"[:_LONGEST_NAME].rstrip(" '")


def _describe(book: Any, layout: FormLayout, facts: FormFacts, written_at: datetime) -> None:
    book.properties.title = layout.title.format_map(asdict(facts))
    book.properties.subject = layout.subject
    book.properties.creator = "s11audit"
    book.properties.language = "en-GB"
    book.properties.created = written_at.astimezone(UTC).replace(tzinfo=None)


def _stamp(
    of: FormOfReturn,
    questionnaire: Questionnaire,
    offered: Offered,
    columns: Mapping[str, int],
    written_at: datetime,
) -> Stamp:
    nothing = Answer().digest
    questions = [
        question
        for _, questions in offered.standards
        for question in questions
        if type_of(question).has_answer
    ]
    return Stamp(
        of.reference,
        questionnaire.id,
        questionnaire.version,
        questionnaire.sha256,
        written_at.astimezone(UTC).isoformat(timespec="seconds"),
        columns,
        {
            one.key: (
                of.digests.get(one.key, nothing),
                digest_shown(one, offered.answers.get(one.key, Answer())),
            )
            for one in questions
        },
    )


class _Drawing:
    """Draws the sheets of one workbook. `columns` has how many for answers each standard's has."""

    def __init__(
        self,
        book: Any,
        layout: FormLayout,
        facts: FormFacts,
        to_confirm: Set[str],
        *,
        marking: str,
    ) -> None:
        from s11audit.exports.forms.checks import ChoiceLists
        from s11audit.exports.forms.looks import Looks

        self._book = book
        self._layout = layout
        self._facts = facts
        self._marking = marking
        self._to_confirm = to_confirm
        self.columns: dict[str, int] = {}
        self._looks = Looks(layout)
        self._list_sheet = book.create_sheet(layout.lists)
        self._lists = ChoiceLists(self._list_sheet)

    def read_me(
        self, sheet: Any, agency: str, *, filled: bool, questionnaire: Questionnaire
    ) -> None:
        from s11audit.exports.forms.read_me import draw_read_me

        sheet.title = self._layout.read_me
        self._set_up(sheet, portrait=True)
        draw_read_me(
            sheet, self._layout, self._looks, self._facts, questionnaire.id, agency, filled=filled
        )

    def standard(
        self,
        place: int,
        standard: Standard,
        questions: tuple[Question, ...],
        offered: Offered,
        guide: Guide,
        *,
        for_all: bool,
    ) -> None:
        from s11audit.exports.forms.sheet import FormSheet

        rows = {
            question.key: answer_rows(
                question,
                offered.answers.get(question.key, Answer()),
                self._layout,
                to_confirm=question.key in self._to_confirm,
            )
            for question in questions
        }
        titles = (r.titles for own in rows.values() for r in own if isinstance(r, HeadingRow))
        widest = max((len(each) for each in titles), default=1)
        sheet = self._book.create_sheet(sheet_name(place, standard.title))
        self._set_up(sheet)
        form = FormSheet(sheet, self._layout, self._looks, self._lists, widest)
        self.columns[standard.id] = form.columns
        if standard.part:
            form.band(standard.part)
        form.title(f"{place}. {standard.title}")
        form.passage(standard.summary)
        if for_all and (audience := audience_words(standard.audience)):
            form.passage(self._layout.words.only_for.format(audience=audience))
        form.column_headings()
        heading = ""
        for question in questions:
            if question.heading != heading:
                heading = question.heading
                form.band(heading)
            self._question(form, question, rows[question.key], offered, guide, for_all)

    def _question(
        self,
        form: Any,
        question: Question,
        rows: list[Any],
        offered: Offered,
        guide: Guide,
        for_all: bool,
    ) -> None:
        words = self._layout.words
        beside = isinstance(rows[0], BoxRow) and not rows[0].label if rows else False
        first, *rest = rows if beside else (None, *rows)
        form.question(offered.numbers.get(question.key, ""), question.key, question.ask, first)
        left = (
            words.brought if question.key in self._to_confirm & offered.answers.keys() else "",
            guide.beside_question(question, tell_audience=for_all),
            good_practice(question, words),
        )
        right = (meanings(question, words), sources_of(question, words))
        form.guidance(*("\n".join(text for text in side if text) for side in (left, right)))
        for row in rest:
            form.row(question.key, row)

    def hide_lists(self) -> None:
        """The lists that boxes offer go to the end, out of sight."""
        self._book.move_sheet(self._list_sheet, len(self._book.sheetnames))
        self._list_sheet.sheet_state = "hidden"
        self._list_sheet.protection.sheet = True

    def hide_stamp(self, stamp: Stamp) -> None:
        """The stamp goes to the very end, out of sight."""
        from s11audit.exports.cells import write_text

        sheet = self._book.create_sheet(self._layout.stamp)
        for row, texts in enumerate(stamp.rows(), 1):
            for column, text in enumerate(texts, 1):
                write_text(sheet.cell(row, column), text)
        sheet.sheet_state = "hidden"
        sheet.protection.sheet = True

    def _set_up(self, sheet: Any, *, portrait: bool = False) -> None:
        from s11audit.exports.forms.sheet import set_up_page

        footer = f"{self._facts.title}, {self._facts.version}"
        set_up_page(sheet, marking=self._marking, footer=footer, portrait=portrait)
