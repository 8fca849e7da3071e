"""What agencies say of themselves, in sentences that a 14-year-old reads with ease.

`tests/domain/test_plain_words.py` measures them. The words of the questionnaire stand beside them.
"""

from __future__ import annotations

from s11audit.domain.ratings import Rating
from s11audit.domain.workflow import ReturnStatus

RATING_SENTENCES: dict[Rating, str] = {
    Rating.GREEN: "It says that it does this well.",
    Rating.AMBER: "It says that it does some of this well, and that there is more to do.",
    Rating.RED: "It says that it does not do this well enough yet.",
    Rating.NOT_RATED: "It did not have to say how well it does this.",
}
CHECKED_SENTENCES: dict[ReturnStatus, str] = {
    ReturnStatus.SUBMITTED: "Nobody else has checked it yet.",
    ReturnStatus.UNDER_MODERATION: "A group of people is checking it now.",
    ReturnStatus.AGREED: "A group of people has checked it.",
    ReturnStatus.CLOSED: "A group of people has checked it.",
}
PROMISE = "It will do this by {when}."
NO_PROMISE = "It does not promise anything new here."
NO_RATING = "It was asked for facts here, not how well it does."
ROUND_INTRODUCTION = (
    "We asked groups that work with children how well they keep children safe. "
    "Each of them wrote down what it thinks of its own work."
)
HOW_MANY = "{sent} of {asked} have sent in their answers."
COLOURS = (
    "Green means that it does this well. Amber means that there is more to do. "
    "Red means that it is not good enough yet."
)
AGENCY_INTRODUCTION = "This is what {agency} says about its own work."
WHAT_IS_LEFT_OUT = (
    "Notes and papers that were sent in are not shown here, because they may be private."
)
