"""From a round's returns and scorecards to the rows that sheets and charts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from s11audit.domain.agency_types import agency_type_label
from s11audit.domain.dates import long_date, long_time
from s11audit.domain.numbers import percent, plain_number
from s11audit.domain.permissions import Permission
from s11audit.domain.questionnaire import Questionnaire
from s11audit.domain.ratings import LETTERS, SIDE_LABELS, Rating, Side
from s11audit.domain.scoring import Scorecard
from s11audit.domain.viewers import Viewer
from s11audit.domain.workflow import (
    RETURN_STATUS_LABELS,
    RETURNED_STATUSES,
    ROUND_STATUS_LABELS,
    SUBMITTED_STATUSES,
    ReturnStatus,
    is_overdue,
)
from s11audit.exports.rows import (
    AgencyAnswersRow,
    RatingsRow,
    ReturnRateRow,
    RoundFacts,
    StandardRow,
)
from s11audit.models import AuditRound, Signature
from s11audit.models.returns import WHOLE_RETURN
from s11audit.queries.reports import ReturnLine
from s11audit.queries.rounds import whose_round

Cards = Mapping[int, Mapping[str, Scorecard]]

NOT_ASKED = "Not asked"
PROVISIONAL = "*"
# What the ratings of an agency that has no submitted return show.
UNREADABLE = {
    ReturnStatus.EXEMPT: "Exempt",
    ReturnStatus.ALTERNATIVE_ASSURANCE: "Alternative",
    ReturnStatus.NIL_RETURN: "Nil return",
}
NOT_RETURNED = "Not returned"


def of_whole(part: int, whole: int) -> str:
    """`12/16 (75.0%)`; without the percentage where there is nothing to divide by."""
    share = percent(part, whole)
    return f"{part}/{whole}" if share is None else f"{part}/{whole} ({share:.1f}%)"


def signed_by(signatures: Iterable[Signature]) -> str:
    """`Ines, Chief Officer`; of several, one after the other."""
    return "; ".join(f"{one.user.name}, {one.post}" for one in signatures)


def round_facts(
    audit_round: AuditRound,
    questionnaire: Questionnaire,
    lines: Sequence[ReturnLine],
    *,
    visible_to: Viewer,
    exported_at: datetime,
) -> RoundFacts:
    """What can be said about the round as a whole at this moment."""
    statuses = Counter(line.status for line in lines)
    returned = sum(statuses[status] for status in RETURNED_STATUSES)
    expected = len(lines) - statuses[ReturnStatus.EXEMPT]
    return RoundFacts(
        partnership=whose_round(audit_round, visible_to=visible_to, permission=Permission.EXPORT),
        round_title=audit_round.title,
        round_reference=audit_round.reference,
        round_status=ROUND_STATUS_LABELS[audit_round.status].lower(),
        questionnaire_title=questionnaire.title,
        questionnaire_version=questionnaire.version,
        questionnaire_sha256=audit_round.questionnaire_sha256 or questionnaire.sha256,
        side=SIDE_LABELS[Side.SELF],
        as_at=long_time(exported_at),
        exported_by=visible_to.name,
        opens_on=long_date(audit_round.opens_on),
        due_on=long_date(audit_round.due_on),
        closes_on=long_date(audit_round.closes_on),
        return_rate=of_whole(returned, expected),
        returned=returned,
        expected=expected,
        exempt=statuses[ReturnStatus.EXEMPT],
        alternative_assurance=statuses[ReturnStatus.ALTERNATIVE_ASSURANCE],
        nil_returns=statuses[ReturnStatus.NIL_RETURN],
        red_below=plain_number(questionnaire.thresholds.red_below),
        green_from=plain_number(questionnaire.thresholds.green_from),
    )


def standard_rows(questionnaire: Questionnaire, cards: Cards) -> list[StandardRow]:
    """A row a standard, in the questionnaire's order, and one of the whole returns."""
    titles = [(standard.id, standard.title) for standard in questionnaire.standards]
    rows = [
        _standard_row(title, [own[standard_id] for own in cards.values() if standard_id in own])
        for standard_id, title in titles
    ]
    whole = [own[WHOLE_RETURN] for own in cards.values() if WHOLE_RETURN in own]
    return [*rows, _standard_row("All standards (whole return)", whole, is_total=True)]


def _standard_row(title: str, cards: list[Scorecard], *, is_total: bool = False) -> StandardRow:
    points = sum((card.points for card in cards), Fraction(0))
    ratings = Counter(card.rating for card in cards)
    return StandardRow(
        title=title,
        returns=len(cards),
        red=sum(card.red for card in cards),
        amber=sum(card.amber for card in cards),
        green=sum(card.green for card in cards),
        not_applicable=sum(card.not_applicable for card in cards),
        unanswered=sum(card.unanswered for card in cards),
        unrated=sum(card.unrated for card in cards),
        compliance_pct=percent(points, sum(card.maximum for card in cards)),
        strict_pct=percent(points, sum(card.strict_maximum for card in cards)),
        rated_red=ratings[Rating.RED],
        rated_amber=ratings[Rating.AMBER],
        rated_green=ratings[Rating.GREEN],
        not_rated=ratings[Rating.NOT_RATED],
        is_total=is_total,
    )


def return_rate_rows(lines: Sequence[ReturnLine], today: date) -> list[ReturnRateRow]:
    """A row a type of agency, by its label, and one of all."""
    by_type: dict[str, list[ReturnLine]] = {}
    for line in lines:
        by_type.setdefault(agency_type_label(line.agency_type), []).append(line)
    rows = [_return_rate_row(label, by_type[label], today) for label in sorted(by_type)]
    return [*rows, _return_rate_row("All types", lines, today, is_total=True)]


def _return_rate_row(
    label: str, lines: Sequence[ReturnLine], today: date, *, is_total: bool = False
) -> ReturnRateRow:
    statuses = Counter(line.status for line in lines)
    return ReturnRateRow(
        agency_type=label,
        expected=len(lines) - statuses[ReturnStatus.EXEMPT],
        submitted=sum(statuses[status] for status in SUBMITTED_STATUSES),
        alternative_assurance=statuses[ReturnStatus.ALTERNATIVE_ASSURANCE],
        nil_returns=statuses[ReturnStatus.NIL_RETURN],
        awaiting_sign_off=statuses[ReturnStatus.AWAITING_SIGN_OFF],
        in_progress=statuses[ReturnStatus.IN_PROGRESS],
        not_started=statuses[ReturnStatus.NOT_STARTED],
        overdue=sum(is_overdue(line.status, line.due_on, today) for line in lines),
        exempt=statuses[ReturnStatus.EXEMPT],
        is_total=is_total,
    )


def ratings_rows(
    questionnaire: Questionnaire, lines: Iterable[ReturnLine], cards: Cards
) -> list[RatingsRow]:
    """A row an agency: what the cell of each standard, and overall, shows."""
    ids = [standard.id for standard in questionnaire.standards]
    return [
        RatingsRow(
            agency_reference=line.agency_reference,
            agency=line.agency,
            agency_type=agency_type_label(line.agency_type),
            status=RETURN_STATUS_LABELS[line.status],
            standards={each: _rating_cell(line, cards, each) for each in ids},
            overall=_rating_cell(line, cards, WHOLE_RETURN),
        )
        for line in lines
    ]


def _rating_cell(line: ReturnLine, cards: Cards, standard_id: str) -> str:
    if line.status not in SUBMITTED_STATUSES:
        return UNREADABLE.get(line.status, NOT_RETURNED)
    card = cards.get(line.return_id, {}).get(standard_id)
    return NOT_ASKED if card is None else letter_of(card)


def letter_of(card: Scorecard) -> str:
    """The letter of a scorecard's rating, with a star while it is provisional."""
    if card.rating is Rating.NOT_RATED:
        nothing_yet = card.unanswered > 0 and card.answered == 0
        return LETTERS["unanswered" if nothing_yet else "not-rated"]
    return LETTERS[card.rating] + (PROVISIONAL if card.provisional else "")


def agency_answers_rows(lines: Iterable[ReturnLine], cards: Cards) -> list[AgencyAnswersRow]:
    """How each agency with a submitted return rated what it was asked."""
    rows = []
    for line in lines:
        card = cards.get(line.return_id, {}).get(WHOLE_RETURN)
        if card is not None:
            rows.append(
                AgencyAnswersRow(
                    line.agency, card.red, card.amber, card.green, card.unrated, card.not_applicable
                )
            )
    return rows
