"""The key reference of `questionnaires/README.md`, made from the schema and the registries.

What is true of the code (keys, defaults, types, scales) is taken from it; only the words are data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from s11audit.domain.agency_types import AGENCY_ATTRIBUTE_LABELS, AGENCY_TYPE_LABELS
from s11audit.domain.question_types import COLUMN_TYPES, QUESTION_TYPES
from s11audit.questionnaires.key_descriptions import (
    CONDITION_DESCRIPTIONS,
    DESCRIPTIONS,
    Described,
)
from s11audit.questionnaires.scale_library import ScaleFolders, shipped_scales
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
    key_of,
)

BEGIN = "<!-- The reference from here on is made by `s11audit questionnaires reference`. -->"

# How an answer is written in a file of answers, and stored.
VALUES: dict[str, str] = {
    "rating": "`met`, the id of a level",
    "agreement": "`agree`, the id of a level",
    "yes-no": "`yes` or `no`",
    "yes-no-unsure": "`yes`, `no` or `unsure`",
    "choice": "`on-paper`, the id of an option",
    "multiple-choice": "`on-paper online`, ids of options",
    "number": "`12`",
    "percentage": "`12/40`, the part and the whole",
    "money": "`1234.50`, in pounds",
    "date": "`2026-03-27`",
    "month": "`2026-03`",
    "short-text": "`Head of Custody`, one line",
    "long-text": "`We train everybody.`, paragraphs",
    "table": "`[{row: volunteers, trained: 12/40}]`, a list of rows with their cells by column",
    "evidence-list": "`[{text: Rota, link: https://example.org/rota, file: Shared drive}]`",
    "statement": "none: it only tells something",
    "declaration": "`agreed`",
}


def reference() -> str:
    """The whole reference as Markdown, ending with a line break."""
    return "\n\n".join([BEGIN, "## Reference", _HOW_TO_READ, *_chapters()]) + "\n"


_HOW_TO_READ = (
    "“Needed” means that there is no default: the key must be there. A questionnaire has "
    "standards, a standard has questions."
)


def _chapters() -> Iterator[str]:
    yield _chapter("The questionnaire", QuestionnairePart)
    yield _chapter(
        "Thresholds",
        ThresholdsPart,
        "Percentages from 0 to 100. How they decide a rating stands in `docs/scoring.md`.",
    )
    yield _chapter(
        "A scale",
        ScalePart,
        "Either a list of levels, best first, or these keys:",
        also=[LibraryScalePart],
        after=_scales(shipped_scales()),
    )
    yield _chapter(
        "A level",
        LevelPart,
        after="With colours and no points, green is worth 1, amber ½ and red 0. With neither, the "
        "scale is not scored.",
    )
    yield _chapter("A standard", StandardPart, after=_respondents())
    yield _question()
    yield _chapter(
        "A column",
        ColumnPart,
        f"Of the type {_listed(COLUMN_TYPES)}, with the keys of that type as in a question.",
    )
    yield _chapter("A row", RowPart, "Of a table whose rows are fixed.")
    yield _chapter("An option", OptionPart)
    yield _chapter("A citation", CitationPart, "Give `law` or `guidance`.")
    yield _condition()


def typed_keys() -> dict[str, list[str]]:
    """Key of a question that only some types understand → these types."""
    owners: dict[str, list[str]] = {}
    for question_type in QUESTION_TYPES.values():
        for key in question_type.keys:
            owners.setdefault(key, []).append(question_type.name)
    return {key: owners[key] for key in QuestionPart.keys() if key in owners}  # noqa: SIM118


def _chapter(
    title: str,
    part: type[FilePart],
    before: str = "",
    *,
    also: Iterable[type[FilePart]] = (),
    after: str = "",
) -> str:
    rows = [_row(one, key) for one in (part, *also) for key in DESCRIPTIONS[one]]
    table = _table(("Key", "Means", "Default", "Example"), rows)
    return "\n\n".join(piece for piece in (f"### {title}", before, table, after) if piece)


def _row(part: type[FilePart], key: str) -> tuple[str, ...]:
    described = DESCRIPTIONS[part][key]
    default = described.default or _default(part, key)
    return f"`{key}`", described.means, default, _example(described)


def _default(part: type[FilePart], key: str) -> str:
    field = next(field for name, field in part.model_fields.items() if key_of(name) == key)
    if field.is_required():
        return "needed"
    default = field.default.value if isinstance(field.default, Enum) else field.default
    return f"`{default}`" if isinstance(default, str) and default else "none"


def _example(described: Described) -> str:
    return described.example if described.example.startswith("see ") else f"`{described.example}`"


def _question() -> str:
    typed = typed_keys()
    described = DESCRIPTIONS[QuestionPart]
    common = [_row(QuestionPart, key) for key in described if key not in typed]
    own = []
    for key, types in typed.items():
        name, means, default, example = _row(QuestionPart, key)
        own.append((name, ", ".join(f"`{one}`" for one in types), means, default, example))
    kinds = [
        (
            f"`{name}`",
            one.label,
            ", ".join(f"`{key}`" for key in typed if key in one.keys) or "–",
            VALUES[name],
        )
        for name, one in QUESTION_TYPES.items()
    ]
    return "\n\n".join(
        [
            "### A question",
            _table(("Key", "Means", "Default", "Example"), common),
            "These are the types, and how an answer is written in a file of answers:",
            _table(("Type", "Called", "Keys of its own", "Answer"), kinds),
            "These keys belong to some types only:",
            _table(("Key", "Types", "Means", "Default", "Example"), own),
            "How ratings are scored stands in `docs/scoring.md`. A case-file "
            "audit has no `short-text` and no `date`, in a table neither, for these could hold a "
            "name or a date of birth.",
        ]
    )


def _condition() -> str:
    rows = [(f"`{key}`", one.means, _example(one)) for key, one in CONDITION_DESCRIPTIONS.items()]
    return "\n\n".join(
        [
            "### A condition",
            _table(("Key", "Means", "Example"), rows),
            "While the question that is looked at is hidden or has no answer, `is` and `is-not` "
            "both fail. A condition can look at questions of any standard that are answered with "
            "a level, an option, `yes`, `no`, a declaration or a number. Conditions may not run "
            "in a loop.",
        ]
    )


def _respondents() -> str:
    return (
        "All of `for`, `with` and `in` that are given must hold. Agency types that are known by "
        f"name: {_listed(AGENCY_TYPE_LABELS)}. Attributes that are known by name: "
        f"{_listed(AGENCY_ATTRIBUTE_LABELS)}. You may make up others; a likely misspelling of one "
        "of these is a fault."
    )


def _scales(library: ScaleFolders) -> str:
    rows = []
    for name in sorted(library.names()):
        scale = library.get(name)
        if scale:
            labels = "; ".join(level.values.label for level in scale.parts.levels)
            rows.append((f"`{name}`", scale.parts.part.values.title, labels))
    return "The scale library, `scales/<id>.yaml`, has these for every questionnaire:\n\n" + _table(
        ("Scale", "Title", "Levels"), rows
    )


def _listed(words: Mapping[str, str] | Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
