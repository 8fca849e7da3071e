"""What stands beside the boxes of an answer, where it depends on what is audited."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.domain.questionnaire import Kind


@dataclass(frozen=True)
class AnswerWords:
    """`why_not` asks why a question does not apply, `comment` is the hint of a comment.

    `instead_of_evidence` is what does as well as a text that says what the evidence is.
    """

    why_not: str
    comment: str
    instead_of_evidence: str


_OF_A_RETURN = AnswerWords(
    why_not="Why does this not apply to your agency?",
    comment="What you do, and what difference it makes for children. Do not name anybody.",
    instead_of_evidence="give a link or add a file",
)
_OF_A_FILE = AnswerWords(
    why_not="Why does this not apply to this case?",
    comment="What the file shows, and what it meant for the child. Write “the child”, “the "
    "mother” or “a worker”: no name and no date of birth.",
    instead_of_evidence="give a link",
)
_WORDS = {Kind.CASE_FILE_AUDIT: _OF_A_FILE}


def words_for(kind: Kind) -> AnswerWords:
    """The words for a questionnaire of this kind."""
    return _WORDS.get(kind, _OF_A_RETURN)
