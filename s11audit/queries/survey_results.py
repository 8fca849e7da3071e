"""What staff answered in a closed survey, as far as it may be shown.

Nothing leaves here that `s11audit.domain.suppression` does not let out, so that pages, files and
commands can show all that they are given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.orm import Session

from s11audit.domain.agency_types import SCHOOL_TYPES, agency_type_label
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Question, Questionnaire, Standard
from s11audit.domain.ratings import Rating, Side
from s11audit.domain.steps import StepNotAllowedError
from s11audit.domain.suppression import Grouping, Shown, ShownAnswers, grouping, shown_answers
from s11audit.domain.survey_results import (
    EVERYBODY,
    AgencyResult,
    GroupResult,
    QuestionResult,
    SideRating,
    SurveyResults,
)
from s11audit.domain.surveys import SurveyStatus, is_counted, reading_of, tally_of
from s11audit.domain.viewers import Viewer
from s11audit.models import Survey, SurveyLink
from s11audit.queries.survey_counts import all_links, ratings_beside, values_given
from s11audit.queries.surveys import people_by_link


def survey_results(
    session: Session,
    survey: Survey,
    questionnaire: Questionnaire,
    rated: Questionnaire | None,
    *,
    visible_to: Viewer,
) -> SurveyResults:
    """The results of a survey for whoever sees more than their own agency.

    What is shown is decided over all agencies, whoever looks, so that two people cannot put theirs
    together. `rated` is the questionnaire of the round whose ratings stand beside it. Raises
    StepNotAllowedError before the survey has closed.
    """
    everybody = all_links(session, survey)
    book = _Book(session, survey, everybody, questionnaire, rated, visible_to)
    reached = visible_to.reach(Permission.SEE_SURVEYS)
    sees_all = survey.partnership_id in reached.partnerships
    seen = [one for one in everybody if sees_all or one.agency_type in SCHOOL_TYPES]
    types = sorted({one.agency_type for one in seen}, key=agency_type_label)
    return SurveyResults(
        whole=book.whole() if sees_all else None,
        by_type={code: book.of_type(code) for code in types},
        agencies=tuple(book.agency(one) for one in seen),
    )


def agency_results(
    session: Session,
    link: SurveyLink,
    questionnaire: Questionnaire,
    rated: Questionnaire | None,
    *,
    visible_to: Viewer,
) -> AgencyResult:
    """The results of one agency, which its own people may see, too. Raises as above."""
    return _Book(session, link.survey, [link], questionnaire, rated, visible_to).agency(link)


class _Book:
    """The counts of some links of one survey, by question, and the ratings beside them."""

    def __init__(
        self,
        session: Session,
        survey: Survey,
        links: Sequence[SurveyLink],
        questionnaire: Questionnaire,
        rated: Questionnaire | None,
        viewer: Viewer,
    ) -> None:
        if survey.status is not SurveyStatus.CLOSED:
            raise StepNotAllowedError("Results are shown once the survey has closed.")
        self._links = {link.agency_id: link for link in links}
        self._questionnaire, self._rated = questionnaire, rated
        ids = {link.id: link.agency_id for link in links}
        people = people_by_link(session, ids)
        self._people = {agency: people.get(id_, 0) for id_, agency in ids.items()}
        self._types = {link.agency_id: link.agency_type for link in links}
        self._groups: Grouping = grouping(self._people, self._types)
        counted = [one.key for one in questionnaire.questions() if is_counted(one)]
        values = values_given(session, ids, counted)
        self._shown = {
            question.key: self._shown_of(question, values.get(question.key, {}))
            for question in questionnaire.questions()
            if is_counted(question)
        }
        self._ratings = ratings_beside(session, survey, self._links, viewer)
        self._comments = self._words(session, ids)

    def whole(self) -> GroupResult:
        shown = {key: answers.everybody for key, answers in self._shown.items()}
        small = self._groups.left_out(self._types)
        return self._group(EVERYBODY, self._groups.everybody, shown, len(small))

    def of_type(self, code: str) -> GroupResult:
        shown = {key: answers.by_type.get(code) for key, answers in self._shown.items()}
        members = self._groups.by_type.get(code, frozenset())
        small = self._groups.left_out(self._types, code)
        return self._group(agency_type_label(code), members, shown, len(small))

    def agency(self, link: SurveyLink) -> AgencyResult:
        agency_id = link.agency_id
        members = frozenset({agency_id}) & self._groups.agencies
        shown = {
            key: answers.agencies.get(agency_id) if members else None
            for key, answers in self._shown.items()
        }
        group = self._group(link.agency.name, members, shown)
        comments = self._comments.get(agency_id, {}) if members else {}
        return AgencyResult(link.agency.reference, link.agency_type, group, comments)

    def _shown_of(
        self, question: Question, values: Mapping[int, Mapping[str, int]]
    ) -> ShownAnswers:
        tallies = {
            one: tally_of(self._questionnaire.id, question, values.get(one, {}), count)
            for one, count in self._people.items()
        }
        return shown_answers(tallies, self._groups)

    def _group(
        self,
        name: str,
        members: frozenset[int],
        shown: Mapping[str, Shown | None],
        small: int = 0,
    ) -> GroupResult:
        people = sum(self._people[one] for one in members)
        staff = [self._links[one].staff for one in members]
        known = [count for count in staff if count is not None]
        parts = tuple(
            (
                standard,
                tuple(
                    self._result(question, shown[question.key], people, members)
                    for question in standard.questions
                    if question.key in shown
                ),
            )
            for standard in self._questionnaire.standards
        )
        return GroupResult(
            name=name,
            people=people if members else None,
            asked=sum(known) if members and len(known) == len(staff) else None,
            parts=tuple(part for part in parts if part[1]),
            small_agencies=small,
        )

    def _result(
        self, question: Question, shown: Shown | None, people: int, members: Collection[int]
    ) -> QuestionResult:
        return QuestionResult(
            question=question,
            reading=reading_of(self._questionnaire.id, question),
            shown=shown,
            left_out=people - (shown.tally.people if shown else 0),
            tested=self._tested(question),
            ratings=self._ratings_of(question, members),
        )

    def _tested(self, question: Question) -> str:
        standard = self._standard(question)
        return standard.title if standard else ""

    def _standard(self, question: Question) -> Standard | None:
        tests, rated = question.tests, self._rated
        if tests is None or rated is None or rated.id != tests.questionnaire_id:
            return None
        return rated.standard(tests.standard_id)

    def _ratings_of(self, question: Question, members: Collection[int]) -> tuple[SideRating, ...]:
        standard = self._standard(question)
        if standard is None:
            return ()
        found = []
        for side in Side:
            held = [self._ratings.get((one, standard.id, side)) for one in sorted(members)]
            ratings = [one for one in held if one is not None]
            if ratings:
                own = ratings[0] if len(members) == 1 else None
                rated = [one for one in ratings if one is not Rating.NOT_RATED]
                green = sum(one is Rating.GREEN for one in rated)
                found.append(SideRating(side, own, green, len(rated)))
        return tuple(found)

    def _words(
        self, session: Session, ids: Mapping[int, int]
    ) -> dict[int, dict[str, tuple[str, ...]]]:
        """Agency id → question key → texts in the order of the alphabet, for groups big enough."""
        keys = [one.key for one in self._questionnaire.questions() if not is_counted(one)]
        told: dict[int, dict[str, tuple[str, ...]]] = {}
        for key, by_agency in values_given(session, ids, keys).items():
            for agency_id, texts in by_agency.items():
                if agency_id in self._groups.agencies:
                    every = [text for text, count in texts.items() for _ in range(count)]
                    told.setdefault(agency_id, {})[key] = tuple(sorted(every, key=str.casefold))
        return told
