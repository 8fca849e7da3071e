"""What an agency declares in place of answers, in our words."""

from __future__ import annotations

from s11audit.domain.workflow import ReturnStatus

DECLARATIONS: dict[ReturnStatus, str] = {
    ReturnStatus.ALTERNATIVE_ASSURANCE: (
        "We give this assurance in place of answers to the questions of this round. It rests on "
        "the document that is named here. Those who are accountable for our agency have agreed "
        "it. As far as we know it is true, and it leaves out nothing that matters for the safety "
        "of children. If that changes, we tell our partnership at once."
    ),
    ReturnStatus.NIL_RETURN: (
        "We have nothing to answer for in this round, for the reason that is given here. Those "
        "who are accountable for our agency have agreed this. If it changes before the round "
        "closes, we answer the questions."
    ),
}
