"""The results of a survey as a workbook, and as what is printed at the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from typing import IO, Any

from s11audit.domain.dates import long_date, long_time
from s11audit.domain.numbers import counted, percent
from s11audit.domain.question_types import type_of
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import LABELS, Side
from s11audit.domain.suppression import SMALLEST
from s11audit.domain.survey_results import (
    AgencyResult,
    GroupResult,
    QuestionResult,
    SideRating,
    SurveyResults,
)
from s11audit.exports.layout import layout_named
from s11audit.exports.summary import of_whole
from s11audit.exports.survey_rows import (
    SurveyAnswerRow,
    SurveyCommentRow,
    SurveyFacts,
    SurveyGroupRow,
    SurveyQuestionRow,
)
from s11audit.models import Survey

LAYOUT = "survey"
HIDDEN = f"Hidden: one of the answers was given by fewer than {SMALLEST} people"
BY_SIDE = f"Answers are put together: one was given by fewer than {SMALLEST} people"
TOO_FEW = f"Fewer than {SMALLEST} people answered, so nothing is shown"
ALL, BY_TYPE, BY_AGENCY = "All agencies", "Type of agency", "Agency"


@dataclass(frozen=True)
class NamedGroup:
    """A group, and what it was put together by."""

    grouped_by: str
    group: GroupResult


def groups_of(results: SurveyResults) -> list[NamedGroup]:
    """Everybody, then types, then agencies, as far as they are there."""
    whole = [NamedGroup(ALL, results.whole)] if results.whole else []
    types = [NamedGroup(BY_TYPE, one) for one in results.by_type.values()]
    return [*whole, *types, *(NamedGroup(BY_AGENCY, one.group) for one in results.agencies)]


def group_rows(groups: Iterable[NamedGroup]) -> Iterator[SurveyGroupRow]:
    """A row for each group: how many answered, how much of it is shown, and why not all."""
    for one in groups:
        group = one.group
        is_shown = group.people is not None
        shown = sum(result.shown is not None for result in group.results) if is_shown else 0
        said = (small_left_out(group), share_shown(group)) if is_shown else (f"{TOO_FEW}.",)
        yield SurveyGroupRow(
            one.grouped_by, group.name, group.people, group.asked,
            len(group.results), shown, " ".join(words for words in said if words),
        )  # fmt: skip


def question_rows(groups: Iterable[NamedGroup]) -> Iterator[SurveyQuestionRow]:
    """A row for each question of each group; one row for a group that is too small."""
    for one in groups:
        if one.group.people is None:
            yield SurveyQuestionRow(one.grouped_by, one.group.name, TOO_FEW)
            continue
        for standard, results in one.group.parts:
            for result in results:
                yield _question_row(one, standard.title, result)


def answer_rows(groups: Iterable[NamedGroup]) -> Iterator[SurveyAnswerRow]:
    """A row for each answer that is shown."""
    for one in groups:
        for result in one.group.results:
            whole = result.shown.tally.people if result.shown else 0
            for given in result.answers:
                yield SurveyAnswerRow(
                    one.grouped_by,
                    one.group.name,
                    result.question.ask,
                    given.label,
                    given.people,
                    whole,
                    percent(given.people, whole),
                )


def comment_rows(
    agencies: Iterable[AgencyResult], questionnaire: Questionnaire
) -> Iterator[SurveyCommentRow]:
    for agency in agencies:
        for key, texts in agency.comments.items():
            question = questionnaire.by_key[key]
            for text in texts:
                yield SurveyCommentRow(
                    agency.group.name, question.ask, type_of(question).shown(question, text)
                )


def write_survey(
    survey: Survey,
    questionnaire: Questionnaire,
    groups: Sequence[NamedGroup],
    agencies: Sequence[AgencyResult],
    *,
    exported_by: str,
    exported_at: datetime,
    path_or_stream: str | PathLike[str] | IO[bytes],
) -> None:
    """Write `exports/survey.yaml` with these groups, and what the agencies' staff wrote."""
    from s11audit.exports.workbook import write_workbook  # openpyxl is slow to load

    audit_round = survey.audit_round
    hidden = [one.group.name for one in groups if one.group.people is None]
    facts = SurveyFacts(
        partnership=survey.partnership.name,
        survey_title=survey.title,
        survey_reference=survey.reference,
        questionnaire=f"{questionnaire.title} (version {questionnaire.version})",
        open_from_to=f"{long_date(survey.opens_on)} to {long_date(survey.closes_on)}",
        ratings_of=f"{audit_round.title} ({audit_round.reference})" if audit_round else "None",
        people=_people(groups),
        not_shown="; ".join(hidden) or "None",
        written_at=long_time(exported_at),
        exported_by=exported_by,
    )
    rows: dict[type, Iterable[Any]] = {
        SurveyGroupRow: group_rows(groups),
        SurveyQuestionRow: question_rows(groups),
        SurveyAnswerRow: answer_rows(groups),
        SurveyCommentRow: comment_rows(agencies, questionnaire),
    }
    write_workbook(layout_named(LAYOUT), facts, rows, path_or_stream, written_at=exported_at)


def people_in_words(group: GroupResult) -> str:
    """How many answered, of how many staff where that is known."""
    if group.people is None:
        return TOO_FEW
    return of_whole(group.people, group.asked) if group.asked else str(group.people)


def _people(groups: Sequence[NamedGroup]) -> str:
    """Of all that the workbook is about, where one row of it is of them all."""
    whole = [one.group for one in groups if one.grouped_by == ALL or len(groups) == 1]
    return people_in_words(whole[0]) if whole else "See each group"


def note_on(result: QuestionResult) -> str:
    """Why something of a question is not shown; empty where all of it is."""
    if result.shown is None:
        return HIDDEN
    notes = [] if result.has_levels else [BY_SIDE]
    if result.left_out:
        notes.append(f"{result.left_out} people are left out, so that nobody’s answer can be told")
    return ". ".join(notes)


def small_left_out(group: GroupResult) -> str:
    """That a total leaves small agencies out, and how many people, in a sentence; or empty."""
    if group.people is None or not group.small_agencies:
        return ""
    agencies = counted(group.small_agencies, "agency", "agencies")
    return (
        f"Not counted here: {agencies} at which fewer than {SMALLEST} people answered; together "
        f"these are fewer than {SMALLEST} people."
    )


def share_shown(group: GroupResult) -> str:
    """How many questions are shown, and why not all, in sentences; empty where all are.

    Where two kinds of answers are each given by enough, there are twice as many people as that.
    """
    results, shown = group.results, [one for one in group.results if one.shown]
    if group.people is None or len(shown) == len(results):
        return ""
    words = (
        f"{len(shown)} of {len(results)} questions are shown. The others are hidden to protect "
        f"those who answered: from a number between 1 and {SMALLEST - 1}, somebody could tell who "
        "said what."
    )
    if group.people >= 2 * SMALLEST:
        return words
    return (
        f"{words} With {SMALLEST} to {2 * SMALLEST - 1} people, a question is shown only where all "
        "answers are of one kind: good, other, or does not apply. The more people answer, the more "
        "is shown."
    )


def rating_in_words(rating: SideRating | None) -> str:
    """`Green`, or of several agencies `Green 6/8`; empty where there is none."""
    if rating is None:
        return ""
    if rating.rating is not None:
        return LABELS[rating.rating]
    return f"Green {rating.green}/{rating.rated}"


def _question_row(one: NamedGroup, standard: str, result: QuestionResult) -> SurveyQuestionRow:
    by_side = {rating.side: rating for rating in result.ratings}
    good, applies_to = result.good or (None, None)
    return SurveyQuestionRow(
        grouped_by=one.grouped_by,
        group=one.group.name,
        standard=standard,
        question=result.question.ask,
        people=result.shown.tally.people if result.shown else None,
        left_out=result.left_out,
        good=good,
        applies_to=applies_to,
        good_pct=result.share,
        weak_below=result.reading.weak_below if result.reading else None,
        tested=result.tested,
        self_rating=rating_in_words(by_side.get(Side.SELF)),
        moderated_rating=rating_in_words(by_side.get(Side.MODERATED)),
        agreed_rating=rating_in_words(by_side.get(Side.AGREED)),
        mismatch="Yes" if result.is_mismatch else "",
        note=note_on(result),
    )
