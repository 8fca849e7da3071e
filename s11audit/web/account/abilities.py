"""The table of permissions, told to one person about one of their roles."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.access import RULES, Relation
from s11audit.queries.directory import HeldRole

# How far a role carries what it allows, in words to whoever holds it. What everybody may do with
# their own account needs no words: the page shows it.
FOR_WHAT: dict[Relation, str] = {
    Relation.INSTALLATION: "For the whole installation you can:",
    Relation.PARTNERSHIP: "For every agency of {place} you can:",
    Relation.OTHERS: "For every agency of {place}, but never for one that you work for, you can:",
    Relation.SCHOOLS: "For the schools of {place}, and no other agencies, you can:",
    Relation.AGENCY: "For {place} you can:",
    Relation.DELEGATED: "For {place}, in the standards that its lead has given to you, you can:",
    Relation.TRUST: "For every school of {place} you can:",
    Relation.ASSIGNED: "For {place}, with the cases that are given to you, you can:",
}


@dataclass(frozen=True)
class Abilities:
    """What a role allows with one kind of thing; `for_what` ends in a colon."""

    for_what: str
    things: tuple[str, ...]


def abilities(held: HeldRole) -> list[Abilities]:
    """Everything that this role allows, the widest reach first."""
    told = []
    for relation, words in FOR_WHAT.items():
        rules = RULES.items()
        things = tuple(what.value for what, rule in rules if rule.roles.get(held.role) is relation)
        if things:
            told.append(Abilities(words.format(place=held.place), things))
    return told
