"""The classes that a layout may name: of the facts of a workbook, and of the rows of a table."""

from __future__ import annotations

from s11audit.exports.question_rows import ChangeFacts, ChangeRow, FigureRow, TableCellRow
from s11audit.exports.rate_rows import RateFacts, RateRow, WaitingRow
from s11audit.exports.rows import (
    ActionRow,
    AnswerRow,
    Line,
    RatingsRow,
    ReturnFacts,
    ReturnRateRow,
    ReturnStatusRow,
    RoundFacts,
    ScorecardRow,
    StandardRow,
    StatementRow,
)
from s11audit.exports.survey_rows import (
    SurveyAnswerRow,
    SurveyCommentRow,
    SurveyFacts,
    SurveyQuestionRow,
)

FACTS = {
    cls.__name__: cls for cls in (RoundFacts, ReturnFacts, ChangeFacts, RateFacts, SurveyFacts)
}

ROW_CLASSES = {
    cls.__name__: cls
    for cls in (
        Line,
        StandardRow,
        ReturnRateRow,
        RatingsRow,
        AnswerRow,
        FigureRow,
        TableCellRow,
        ActionRow,
        ReturnStatusRow,
        StatementRow,
        ScorecardRow,
        ChangeRow,
        RateRow,
        WaitingRow,
        SurveyQuestionRow,
        SurveyAnswerRow,
        SurveyCommentRow,
    )
}
