"""The life of a questionnaire version, from draft to published to withdrawn."""

from __future__ import annotations

from enum import StrEnum

from s11audit.domain.permissions import Permission
from s11audit.domain.steps import Step


class VersionStatus(StrEnum):
    """How far a version has got. A file that no lock names is a draft."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


# What a version of these says never changes.
FIXED_STATUSES = frozenset({VersionStatus.PUBLISHED, VersionStatus.WITHDRAWN})
UNFINISHED_STATUSES = frozenset(VersionStatus) - FIXED_STATUSES

VERSION_STATUS_LABELS: dict[VersionStatus, str] = {
    VersionStatus.DRAFT: "Draft",
    VersionStatus.PROPOSED: "Waiting for a second person",
    VersionStatus.PUBLISHED: "Published",
    VersionStatus.WITHDRAWN: "Withdrawn",
}

# Steps of a version that was uploaded; one that comes as a file is published at the terminal.
VERSION_STEPS: tuple[Step[VersionStatus], ...] = (
    Step(
        name="propose",
        sources=frozenset({VersionStatus.DRAFT}),
        target=VersionStatus.PROPOSED,
        permission=Permission.EDIT_QUESTIONNAIRES,
        button="Ask a second person to publish",
        event="questionnaire-proposed",
    ),
    Step(
        name="hand-back",
        sources=frozenset({VersionStatus.PROPOSED}),
        target=VersionStatus.DRAFT,
        permission=Permission.PUBLISH_QUESTIONNAIRES,
        button="Hand back for changes",
        event="questionnaire-handed-back",
        needs_reason=True,
    ),
    Step(
        name="publish",
        sources=frozenset({VersionStatus.PROPOSED}),
        target=VersionStatus.PUBLISHED,
        permission=Permission.PUBLISH_QUESTIONNAIRES,
        button="Publish",
        event="questionnaire-published",
    ),
    Step(
        name="withdraw",
        sources=frozenset({VersionStatus.PUBLISHED}),
        target=VersionStatus.WITHDRAWN,
        permission=Permission.PUBLISH_QUESTIONNAIRES,
        button="Withdraw",
        event="questionnaire-withdrawn",
        needs_reason=True,
    ),
)


def version_name(title: str, version: str) -> str:
    """The title, with the version where the title does not end with it already."""
    return title if title.endswith(version) else f"{title}, version {version}"
