"""The table of permissions, told to one person about one of their roles."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.access import RULES, Relation
from s11audit.domain.permissions import Permission
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
    Relation.PANEL: "For {place}, with the cases of panels that you sit on, you can:",
    Relation.NAMED: "For {place}, with the joint assessments that name you, you can:",
    Relation.CHAIRED: "For {place}, with the joint assessments that you chair, you can:",
    Relation.ASSIGNED: "For {place}, with the cases that are given to you, you can:",
}

# The table's words are for whoever runs an audit. People of an agency use these pages once a year.
AT_AN_AGENCY: dict[Permission, str] = {
    Permission.GRANT_ROLES: "invite colleagues who help to answer, and whoever signs",
    Permission.SEE_RETURN: "read what is answered",
    Permission.EDIT_ANSWERS: "answer the questions",
    Permission.DELEGATE: "choose which colleague answers which standard",
    Permission.SEND_FOR_SIGN_OFF: "send the finished return to whoever signs it",
    Permission.SIGN_RETURN: "sign the return, or hand it back",
    Permission.KEEP_RETURN: "download what is answered",
    Permission.SEE_ACTIONS: "see the actions that are agreed",
    Permission.PROGRESS_ACTION: "say how far an action has got",
}
OF_AGENCIES = (Relation.AGENCY, Relation.DELEGATED, Relation.TRUST)


@dataclass(frozen=True)
class Abilities:
    """What a role allows with one kind of thing; `for_what` ends in a colon."""

    for_what: str
    things: tuple[str, ...]


def abilities(held: HeldRole) -> list[Abilities]:
    """Everything that this role allows, the widest reach first."""
    told = []
    for relation, words in FOR_WHAT.items():
        whats = [what for what, rule in RULES.items() if rule.roles.get(held.role) is relation]
        if whats:
            things = tuple(in_words(what, relation) for what in whats)
            told.append(Abilities(words.format(place=held.place), things))
    return told


def in_words(what: Permission, relation: Relation) -> str:
    """What is allowed, in words for whoever it reaches as `relation` says."""
    plain = AT_AN_AGENCY.get(what) if relation in OF_AGENCIES else None
    return plain or what.value.replace("'", "’")
