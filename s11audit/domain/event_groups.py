"""What events are about, as somebody looks for them in the history."""

from __future__ import annotations

from enum import StrEnum


class EventGroup(StrEnum):
    """What events are about, as somebody looks for them."""

    LOOKS = "looks"
    DOWNLOADS = "downloads"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    AGENCIES = "agencies"
    ROUNDS = "rounds"
    RETURNS = "returns"
    ACTIONS = "actions"
    CASES = "cases"
    ASSESSMENTS = "assessments"
    SURVEYS = "surveys"
    QUESTIONNAIRES = "questionnaires"
    IDENTIFIERS = "identifiers"


GROUP_LABELS: dict[EventGroup, str] = {
    EventGroup.LOOKS: "Views of information about children",
    EventGroup.DOWNLOADS: "Downloads",
    EventGroup.ACCOUNTS: "Accounts and signing in",
    EventGroup.PEOPLE: "People, roles and invitations",
    EventGroup.AGENCIES: "Agencies and partnerships",
    EventGroup.ROUNDS: "Rounds",
    EventGroup.RETURNS: "Returns and answers",
    EventGroup.ACTIONS: "Actions",
    EventGroup.CASES: "Case audits",
    EventGroup.ASSESSMENTS: "Joint assessments",
    EventGroup.SURVEYS: "Surveys of staff",
    EventGroup.QUESTIONNAIRES: "Questionnaires",
    EventGroup.IDENTIFIERS: "What may identify a child",
}
