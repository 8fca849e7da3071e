"""Which steps of its life somebody can take with a version just now."""

from __future__ import annotations

from s11audit.domain.steps import Step, steps_from
from s11audit.domain.versions import VERSION_STEPS, VersionStatus
from s11audit.web.questionnaires.pages import Opened
from s11audit.web.security import viewer
from s11audit.web.step_forms import StepButton, StepForm, Wanted, step_buttons

PUBLISH = "publish"
WANTED = {
    "hand-back": Wanted(
        "What has to change?",
        "Whoever uploaded the draft reads this.",
        "Say what has to change",
    ),
    "withdraw": Wanted(
        "Why is it withdrawn?",
        "Everybody who can read questionnaires sees this. Rounds that ask this version go on.",
        "Say why it is withdrawn",
    ),
}
DONE = {
    "propose": "Now somebody else has to read it and publish it.",
    "hand-back": "It is a draft again. Whoever uploaded it sees what you wrote.",
    "publish": "It is published. Rounds can be made from it.",
    "withdraw": "It is withdrawn. No new round can be made from it.",
}


def next_steps(opened: Opened, sent: dict[str, StepForm] | None = None) -> list[StepButton]:
    """The buttons of a version's page; publishing has a page of its own."""
    steps = [step for step in _open_steps(opened) if step.name != PUBLISH]
    return step_buttons(steps, WANTED, sent)


def publish_button(opened: Opened) -> StepButton | None:
    """The button that publishes, for a second person only."""
    if waits_for_another(opened):
        return None
    steps = [step for step in _open_steps(opened) if step.name == PUBLISH]
    return next(iter(step_buttons(steps, WANTED)), None)


def waits_for_another(opened: Opened) -> bool:
    """Whether somebody else than the viewer has to publish what is proposed."""
    row = opened.uploaded
    return (
        row is not None
        and row.status is VersionStatus.PROPOSED
        and viewer().user_id in (row.uploaded_by_id, row.proposed_by_id)
    )


def _open_steps(opened: Opened) -> list[Step[VersionStatus]]:
    row = opened.uploaded
    if row is None:
        return []
    return [
        step
        for step in steps_from(VERSION_STEPS, row.status)
        if viewer().may_in_partnership(step.permission, row.partnership_id)
    ]
