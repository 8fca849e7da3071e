"""The form of a questionnaire as a workbook, blank or filled: to print, or to fill in offline."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from os import PathLike
from typing import IO, Any

from s11audit.domain.answers import Answer
from s11audit.domain.audience import Respondent
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.routing_words import audience_words
from s11audit.exports.forms.answers import answer_rows
from s11audit.exports.forms.boxes import BoxRow, HeadingRow
from s11audit.exports.forms.facts import FormFacts, Offered, form_facts, offered_to
from s11audit.exports.forms.guidance import Guide, good_practice, meanings, sources_of
from s11audit.exports.forms.layout import FormLayout, form_layout

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
) -> None:
    """Write `exports/form.yaml` for whoever answers, at this (aware) moment.

    Without a respondent it has every question, each saying of whom it is asked. `answers` (key →
    answer) fill it in; those to questions that they hide are left out. Answers that wait to be
    confirmed are no answers: the caller leaves them out.
    """
    from openpyxl import Workbook  # slow to load

    layout = form_layout()
    offered = offered_to(questionnaire, respondent, answers)
    facts = form_facts(questionnaire, respondent, offered, written_at, layout.words)
    book = Workbook()
    _describe(book, layout, facts, written_at)
    drawing = _Drawing(book, layout, facts, marking=layout.marking_filled if answers else "")
    drawing.read_me(book.active, agency, filled=bool(answers), questionnaire=questionnaire)
    guide = Guide(questionnaire, offered.numbers, layout.words)
    for place, (standard, questions) in enumerate(offered.standards, 1):
        drawing.standard(place, standard, questions, offered, guide, for_all=respondent is None)
    drawing.hide_lists()
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


class _Drawing:
    """Draws the sheets of one workbook."""

    def __init__(self, book: Any, layout: FormLayout, facts: FormFacts, *, marking: str) -> None:
        from s11audit.exports.forms.checks import ChoiceLists
        from s11audit.exports.forms.looks import Looks

        self._book = book
        self._layout = layout
        self._facts = facts
        self._marking = marking
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
                question, offered.answers.get(question.key, Answer()), self._layout
            )
            for question in questions
        }
        titles = (r.titles for own in rows.values() for r in own if isinstance(r, HeadingRow))
        widest = max((len(each) for each in titles), default=1)
        sheet = self._book.create_sheet(sheet_name(place, standard.title))
        self._set_up(sheet)
        form = FormSheet(sheet, self._layout, self._looks, self._lists, widest)
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

    def _set_up(self, sheet: Any, *, portrait: bool = False) -> None:
        from s11audit.exports.forms.sheet import set_up_page

        footer = f"{self._facts.title}, {self._facts.version}"
        set_up_page(sheet, marking=self._marking, footer=footer, portrait=portrait)
