"""The classes that a layout may name: of the facts of a workbook, and of the rows of a table."""

from __future__ import annotations

from s11audit.exports.assessment_rows import (
    AssessmentFacts,
    ComparedRow,
    MovedRow,
    PlanRow,
    RatedRow,
)
from s11audit.exports.case_rows import (
    CaseAuditFacts,
    CaseFileRow,
    FindingRow,
    GradeRow,
    MeasureRow,
    RagCountRow,
    RecommendedRow,
    ShiftRow,
)
from s11audit.exports.programme_rows import CaseAuditRow, ProgrammeFacts
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
    HandedLink,
    SurveyAnswerRow,
    SurveyCommentRow,
    SurveyFacts,
    SurveyGroupRow,
    SurveyLinksFacts,
    SurveyQuestionRow,
)

FACTS = {
    cls.__name__: cls
    for cls in (
        RoundFacts,
        ReturnFacts,
        ChangeFacts,
        RateFacts,
        CaseAuditFacts,
        ProgrammeFacts,
        AssessmentFacts,
        SurveyFacts,
        SurveyLinksFacts,
    )
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
        CaseFileRow,
        GradeRow,
        RagCountRow,
        ShiftRow,
        FindingRow,
        RecommendedRow,
        MeasureRow,
        CaseAuditRow,
        ComparedRow,
        RatedRow,
        PlanRow,
        MovedRow,
        SurveyQuestionRow,
        SurveyAnswerRow,
        SurveyCommentRow,
        SurveyGroupRow,
        HandedLink,
    )
}
