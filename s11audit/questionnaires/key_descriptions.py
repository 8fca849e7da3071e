"""What every key of a questionnaire file means, in a sentence each, for the reference."""

from __future__ import annotations

from dataclasses import dataclass

from s11audit.questionnaires.schema import (
    CitationPart,
    ColumnPart,
    FilePart,
    LevelPart,
    LibraryScalePart,
    OptionPart,
    QuestionnairePart,
    QuestionPart,
    RowPart,
    ScalePart,
    StandardPart,
    ThresholdsPart,
)


@dataclass(frozen=True)
class Described:
    """One key: its meaning, an example as it stands in a file, and its default in words.

    Without a default in words the reference takes the one that the schema has.
    """

    means: str
    example: str
    default: str = ""


_EVERYBODY = "everybody"
_SEE_SCALE = "see *A scale*"

DESCRIPTIONS: dict[type[FilePart], dict[str, Described]] = {
    QuestionnairePart: {
        "questionnaire": Described("Id; also the name of the folder", "section-11"),
        "version": Described("Version; also the name of the file", '"2026"'),
        "kind": Described(
            "`self-assessment`, `case-file-audit`, `joint-assessment` or `survey`",
            "self-assessment",
        ),
        "title": Described("Title on every page", "Section 11 self-assessment"),
        "summary": Described("One sentence for the list of questionnaires", "An honest picture."),
        "introduction": Described(
            "What people read before they begin; a blank line begins a paragraph",
            "This return asks…",
        ),
        "declaration": Described(
            "What the signatory signs; a blank line begins a paragraph",
            "I have read this return…",
        ),
        "replaces": Described("The version that this one follows", '"2024"'),
        "dropped": Described(
            "Keys of the replaced version that end here, so that nothing is lost unseen",
            "[leadership.senior-lead]",
        ),
        "scales": Described(
            "Scales of its own by id; one of the scale library needs no entry", _SEE_SCALE
        ),
        "rag": Described(
            "Thresholds of the overall rating",
            "{red-below: 60, green-from: 90}",
            "see *Thresholds*",
        ),
        "standards": Described("The standards, in order; one or more", "see *A standard*"),
    },
    ThresholdsPart: {
        "red-below": Described("Compliance below this is red", "50"),
        "green-from": Described("Compliance of this or more, with nothing red, is green", "85"),
    },
    ScalePart: {
        "title": Described("Title of the scale", "How well this is met"),
        "direction": Described(
            "`highest-is-best` or `lowest-is-best`: which end of the points is good",
            "lowest-is-best",
        ),
        "levels": Described(
            "The levels, in the order shown; two or more that are applicable", "see *A level*"
        ),
    },
    LibraryScalePart: {
        "scale": Described(
            "Only in a file of the scale library: its id, as the file is called", "rag"
        ),
    },
    LevelPart: {
        "id": Described("Code that is stored", "partly-met"),
        "label": Described("What people choose", "Partly met"),
        "meaning": Described(
            "One sentence that says when to choose it", "It happens in some places."
        ),
        "rag": Described(
            "Its colour: `red`, `amber` or `green`. All applicable levels have one, or none",
            "amber",
        ),
        "points": Described(
            "What it is worth, 0 or more. All applicable levels have points, or none", "0.5"
        ),
        "applicable": Described(
            "`no` for a level that leaves the score, such as *Not applicable*", "no"
        ),
        "needs": Described("`reason`: whoever chooses it must say why", "reason"),
    },
    StandardPart: {
        "id": Described("Id, first part of its questions’ keys", "leadership"),
        "title": Described("Title of its page", "Leadership"),
        "summary": Described("What this standard expects", "Leaders know how safe children are."),
        "part": Described(
            "Heading over consecutive standards that say the same here",
            '"Part 2: Managing safeguarding"',
        ),
        "for": Described("Agency types that are asked it", "[police, nhs-trust]", _EVERYBODY),
        "with": Described(
            "Attributes; agencies that have any of them are asked it", "[boarding]", _EVERYBODY
        ),
        "in": Described(
            "References of partnerships; agencies of any of them are asked it",
            "[WEND]",
            _EVERYBODY,
        ),
        "questions": Described("The questions, in order; one or more", "see *A question*"),
    },
    QuestionPart: {
        "id": Described("Id within its standard", "board-lead"),
        "title": Described("Short name for tables", "Board lead", "made from the id"),
        "heading": Described(
            "Heading over consecutive questions that say the same here", "Training"
        ),
        "type": Described("One of the types below", "rating"),
        "ask": Described("The question; of a statement, its words", "Is there a board lead?"),
        "help": Described("One or two sentences of help", "Give the post, not the name."),
        "good": Described("What good looks like, a list", "[People know who it is.]"),
        "examples": Described("Typical evidence, a list", "[Minutes, Rota]"),
        "means": Described(
            "What levels, options, `yes`, `no` or `unsure` mean for this question, by id; shown "
            "instead of a level’s own meaning",
            "{met: The lead reports twice a year.}",
        ),
        "cites": Described("Law and guidance behind it, a list", "see *A citation*"),
        "required": Described("`no` if it may stay empty", "no"),
        "evidence": Described(
            "`none`, `optional`, `required`, or `when-green` (scales with colours only)",
            "when-green",
            "`optional` for a rating, else `none`",
        ),
        "action": Described(
            "`none`, `when-red` or `when-red-or-amber`: when an action must be promised",
            "when-red",
            "`when-red-or-amber` on a scale with colours, else `none`",
        ),
        "for": Described(
            "Agency types that are asked it, among those of its standard", "[icb]", _EVERYBODY
        ),
        "with": Described(
            "Attributes; agencies that have any of them are asked it",
            "[sixth-form]",
            _EVERYBODY,
        ),
        "in": Described(
            "References of partnerships; agencies of any of them are asked it",
            "[WEND]",
            _EVERYBODY,
        ),
        "when": Described(
            "Condition: it is asked only while this holds", "see *A condition*", "always"
        ),
        "was": Described(
            "Keys of the replaced version that carry forward into it",
            "[leadership.senior-lead]",
            "its own key",
        ),
        "carry": Described(
            "`confirm`, or `answer-afresh` where law or meaning changed: what becomes of last "
            "time’s answer",
            "answer-afresh",
        ),
        "why-afresh": Described(
            "With `answer-afresh`: one sentence that tells people why",
            "The law changed in April 2026.",
        ),
        "tests": Described(
            "In surveys: the questionnaire and standard that the answers test",
            "section-11/training",
        ),
        "scale": Described(
            "The scale, by id: one of the file or of the scale library",
            "rag",
            "needed; `agreement` for an agreement",
        ),
        "critical": Described("`yes`: red here makes the whole standard red", "yes"),
        "options": Described("The choices, two or more", "see *An option*", "needed"),
        "unit": Described("Word behind the number", "people"),
        "min": Described("Smallest number accepted", "1", "none; 0 for money"),
        "max": Described("Largest number accepted", "100"),
        "decimals": Described("Decimal places: 0 to 6, for money 0 or 2", "1", "0; 2 for money"),
        "numerator": Described("What the number of the part is called", "Staff trained", "needed"),
        "denominator": Described(
            "What the number of the whole is called", "Staff in post", "needed"
        ),
        "earliest": Described(
            "First day or month accepted: `2020-01-01` or `2020-01`, or `today`", "2020-01-01"
        ),
        "latest": Described(
            "Last day or month accepted: `2026-03-31` or `2026-03`, or `today`", "today"
        ),
        "max-length": Described("Most characters accepted", "120", "200; 10,000 for long text"),
        "columns": Described("The columns, 1 to 10", "see *A column*", "needed"),
        "rows": Described(
            "The rows, where they are fixed", "see *A row*", "as many as people fill in"
        ),
        "min-rows": Described("Fewest rows, where they are not fixed", "1", "0"),
        "max-rows": Described("Most rows, up to 100", "5", "20"),
        "agree": Described(
            "What stands beside the box to tick",
            "I confirm this as safeguarding lead",
            "`I confirm this`",
        ),
    },
    ColumnPart: {
        "id": Described("Code that is stored; not `row`", "trained"),
        "title": Described("Heading of the column", "Last trained"),
        "type": Described("One of the types that a cell can hold", "month"),
        "required": Described("`no` if its cells may stay empty", "no"),
    },
    RowPart: {
        "id": Described("Code that is stored", "volunteers"),
        "label": Described("What people read before the row", "Regular volunteers"),
    },
    OptionPart: {
        "id": Described("Code that is stored", "on-paper"),
        "label": Described("What people choose", "On paper"),
        "alone": Described(
            "`yes`: it excludes the others, such as *None of these* (multiple-choice only)", "yes"
        ),
    },
    CitationPart: {
        "law": Described("A provision of law", "Children Act 2004 s11(2)(a)"),
        "guidance": Described("A piece of guidance", "Working Together to Safeguard Children"),
        "edition": Described("Which edition", '"2026"'),
        "at": Described("The place in it", "chapter 4"),
        "checked": Described(
            "`no` until somebody has looked it up; shown to whoever publishes the version", "no"
        ),
    },
}

CONDITION_DESCRIPTIONS: dict[str, Described] = {
    "question": Described(
        "Key of the question that is looked at, with `is` or `is-not`",
        "leadership.has-volunteers",
    ),
    "is": Described(
        "Its answer is this level, option, number, `yes`, `no`, `unsure` or `agreed`; of several "
        "choices, this is among them",
        "yes",
    ),
    "is-not": Described("It has another answer than this", "not-applicable"),
    "any": Described(
        "At least one of these conditions holds",
        "[{question: a.x, is: yes}, {question: a.y, is: yes}]",
    ),
    "all": Described(
        "Every one of these conditions holds",
        "[{question: a.x, is: yes}, {question: a.y, is: yes}]",
    ),
    "not": Described("This condition does not hold", "{question: a.x, is: yes}"),
}
