"""Where a word that may be somebody's name is the name of a thing or a place after all.

What is called after a person or a saint, an authority by its county, and what is said of `Surprise`
but of nobody; and the other way round the family that is called by its name.
"""

from __future__ import annotations

import re

from s11audit.domain.guard.surroundings import Surroundings

# What is called after whoever thought of it, and what an abbreviation that looks like a name has.
_EPONYM = re.compile(
    r"(?P<of>'s?)?[ -](?:disease|syndrome|palsy|scale|inventory|index|criteria|theory|theories"
    r"|inquiry|ladder|continuum|hierarchy|sessions?|training|interventions?|programmes?|tools?"
    r"|therapy|lessons?|database|system|app|teams?)\b"
)
# These may be what somebody does, too: `Sarah reports`, but not `Whooley questions`.
_EPONYM_OR_VERB = re.compile(
    r"[ -](?:sign|law|rule|scales|scores?|profiles?|questions?|questionnaires?|tests?|model|method"
    r"|protocols?|principles?|reviews?|reports?|charts?|cycle|wheel|framework|support|worker"
    r"|schemes?|forms?)\b(?! (?:that|he|she|they|it|a|the|no|her|his|to|in|with|[a-z]+ing)\b)"
)
_OF_SOMEBODY = re.compile(r"'s?[ -](?:disease|syndrome|palsy|sign|law|rule|theory|hierarchy)\b")
_AFTER_SAINT = re.compile(r"\.?[ ]")
_OF_ANYTHING = re.compile(
    r"[ ](?:said (?:to|in|that it)|was said|were said|wore (?:thin|off|on)|saw (?:an?|no)|itself)\b"
)
_BE = r"(?:was|is|were|are|has|had|have)"
_OF_THINGS = re.compile(
    rf"[ ](?:{_BE}[ ](?:(?:been|also|often|always|never|still)[ ])?(?:an?|the|no|to|in|on|at|so"
    r"|very|not(?! (?:been (?:to|seen|in)|attended|eaten|slept|seen|met|told|said))|too|just|with"
    r"|over|found|given|shown|said|lost|made|kept|read|taken|used|seen|known|described|noted|run"
    r"|told|felt|offered|stopped|started|gone|dropped|reported|here|due|good|bad|better|worse|hard|cold"
    r"|awake|open|difficult)|said (?:a|in|nothing|it|more|little)|left (?:a|the|no)|saw|came|took"
    r"|gave|went|hit|fell|got|goes|comes|returned|also|left|died)\b"
)
_OF_AUTHORITIES = re.compile(
    rf"[ ](?:{_BE}|did|does|will|would|can|could|asked|asks|returned|agreed|reported|reports|stated"
    r"|states|sent|gave|accepted|refused|replied|answered|said|says|told|tells|attended|engaged"
    r"|wanted|wants|took|came|knew|thought)\b(?! (?:seen alone|hungry|pregnant|tearful))"
)
_LISTED_PLACE = re.compile(r", ?(?:and )?| and | & | or ")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HOUSEHOLD = _set(
    "family families household children siblings twins boys girls brothers sisters kids parents"
)
_AFTER_FAMILY = _set(
    "support hub hubs group court worker workers centre service services nurse plan"
)


def is_eponym(around: Surroundings, number: int) -> bool:
    """`Crohn's disease`, `Boxall profiles`, `ELSA sessions`."""
    word, known = around.words[number], around.known
    match = _EPONYM.match(around.text, word.bare_end)
    is_given = word.folded in known.given or word.folded in known.census
    if match is None:
        is_either = not is_given or (word.is_upper and not around.shouts)
        is_it = is_either and bool(_EPONYM_OR_VERB.match(around.text, word.bare_end))
    else:
        is_somebody = match["of"] and (
            is_given or not _OF_SOMEBODY.match(around.text, word.bare_end)
        )
        is_it = not is_somebody
    return is_it and not around.is_named(number)


def is_saint(around: Surroundings, number: int) -> bool:
    """`St Thomas`, but not `St John Smith`."""
    before, after = around.before(number, _AFTER_SAINT), around.after(number)
    if before is None or before.folded not in ("st", "saint") or not before.is_capital:
        return False
    return after is None or not after.is_capital


def is_of_family(around: Surroundings, number: int) -> bool:
    """`the Smith children`."""
    known, before, after = around.known, around.before(number), around.after(number)
    if before is None or after is None or before.folded != "the":
        return False
    if after.folded not in _HOUSEHOLD or after.is_capital or after.is_possessive:
        return False
    plain, then = around.words[number].folded, around.after(number + 1)
    if then is not None and then.folded in _AFTER_FAMILY:
        return False
    if known.is_capital(plain) or plain in known.places or plain in known.acronyms:
        return False
    return plain in known.surnames or not known.is_ordinary(plain)


def is_thing(around: Surroundings, number: int) -> bool:
    """`the Evelina sent …`: no person is called so, whoever it is named after."""
    before, after = around.before(number), around.after(number)
    if before is None or before.folded != "the":
        return False
    if after is None or after.is_capital:
        return after is None
    return after.folded in around.known.does or after.folded in around.known.states


def may_be_thing(around: Surroundings, number: int) -> bool:
    """`Surprise was shown`, `Devon has asked`, `Faith said to be of weight`."""
    word, known, text = around.words[number], around.known, around.text
    if _OF_ANYTHING.match(text, word.end):
        return True
    if word.folded in known.wishes and _OF_THINGS.match(text, word.end):
        return True
    return word.folded in known.places and bool(_OF_AUTHORITIES.match(text, word.end))


def is_among_places(around: Surroundings, number: int) -> bool:
    """`Lincoln and Chester`."""
    for beside in (number - 2, number - 1, number + 1, number + 2):
        if 0 <= beside < len(around.words) and around.words[beside].folded in around.known.places:
            first, second = min(beside, number), max(beside, number)
            if _LISTED_PLACE.fullmatch(around.gap(first, second)):
                return True
    return False
