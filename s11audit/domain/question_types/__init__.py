"""The registry of question types: what each accepts, and how its answer is shown and exported.

A new type is a class in this package, a builder in `web/fields.py`, and two partials of its name in
`templates/questions/` and `templates/answers/`; a test finds whichever is missing.
"""

from __future__ import annotations

from s11audit.domain.question_types.base import (
    CONTROL_CHARACTERS,
    Cell,
    QuestionType,
    WrongValueError,
    without_capital,
)
from s11audit.domain.question_types.coded import (
    AgreementType,
    ChoiceType,
    DeclarationType,
    MultipleChoiceType,
    RatingType,
    YesNoType,
    YesNoUnsureType,
)
from s11audit.domain.question_types.dates import DateType, MonthType
from s11audit.domain.question_types.numbers import (
    MoneyType,
    NumberType,
    PercentageType,
    percentage_parts,
)
from s11audit.domain.question_types.rows import (
    LONGEST_VALUE,
    ROW,
    CellFault,
    EvidenceListType,
    RowsType,
    TableType,
    WrongCellsError,
    column_id,
)
from s11audit.domain.question_types.texts import (
    LinkType,
    LongTextType,
    ShortTextType,
    StatementType,
    is_link,
)
from s11audit.domain.questionnaire import Question

# Types whose answer is one short thing, so that a cell of a table can hold it.
_IN_A_CELL: tuple[QuestionType, ...] = (
    YesNoType(),
    YesNoUnsureType(),
    ChoiceType(),
    NumberType(),
    PercentageType(),
    MoneyType(),
    DateType(),
    MonthType(),
    ShortTextType(),
)

QUESTION_TYPES: dict[str, QuestionType] = {
    question_type.name: question_type
    for question_type in (
        RatingType(),
        AgreementType(),
        YesNoType(),
        YesNoUnsureType(),
        ChoiceType(),
        MultipleChoiceType(),
        NumberType(),
        PercentageType(),
        MoneyType(),
        DateType(),
        MonthType(),
        ShortTextType(),
        LongTextType(),
        TableType(_IN_A_CELL),
        EvidenceListType((ShortTextType(), LinkType())),
        StatementType(),
        DeclarationType(),
    )
}

COLUMN_TYPES: tuple[str, ...] = tuple(question_type.name for question_type in _IN_A_CELL)


def type_of(question: Question) -> QuestionType:
    """The entry of the registry for the type of this question."""
    return QUESTION_TYPES[question.type]


__all__ = [
    "COLUMN_TYPES",
    "CONTROL_CHARACTERS",
    "LONGEST_VALUE",
    "QUESTION_TYPES",
    "ROW",
    "Cell",
    "CellFault",
    "DateType",
    "QuestionType",
    "RowsType",
    "WrongCellsError",
    "WrongValueError",
    "column_id",
    "is_link",
    "percentage_parts",
    "type_of",
    "without_capital",
]
