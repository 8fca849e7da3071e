"""What stands beside the boxes of an answer, where it depends on what is audited."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.questionnaire import Kind


@dataclass(frozen=True)
class AnswerWords:
    """`why_not` asks why a question does not apply, `comment` is the hint of a comment.

    `instead_of_evidence` is what does as well as a text that says what the evidence is. `critical`
    says what a critical question decides, `action` heads the boxes of an action, which
    `action_what` begins and whose hint ends with `action_hint`.
    """

    why_not: str
    comment: str
    instead_of_evidence: str = "give a link"
    critical: str = "Critical question: red here makes the whole standard red."
    action: str = "Your action"
    action_hint: str = "Your partnership follows it until its impact is verified."
    action_what: str = "What will your agency do?"


_OF_A_RETURN = AnswerWords(
    why_not="Why does this not apply to your agency?",
    comment="What you do, and what difference it makes for children. Do not name anybody.",
    instead_of_evidence="give a link or add a file",
)
_OF_A_FILE = AnswerWords(
    why_not="Why does this not apply to this case?",
    comment="What the file shows, and what it meant for the child. Write “the child”, “the "
    "mother” or “a worker”: no name and no date of birth.",
)
_OF_AN_ASSESSMENT = AnswerWords(
    why_not="Why does this not apply?",
    comment="Why you rate it so, and what you have seen or been told. Do not name anybody.",
    critical="Critical question: red here makes the whole area red.",
    action="What should be done about it?",
    action_hint="You agree with the others later what becomes an action.",
    action_what="What do you propose?",
)
_WORDS = {Kind.CASE_FILE_AUDIT: _OF_A_FILE, Kind.JOINT_ASSESSMENT: _OF_AN_ASSESSMENT}


def words_for(kind: Kind) -> AnswerWords:
    """The words for a questionnaire of this kind."""
    return _WORDS.get(kind, _OF_A_RETURN)
