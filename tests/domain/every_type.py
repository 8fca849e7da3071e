"""A question of every type, and texts that people could type into any of them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import strategies as st

from s11audit.domain.questionnaire import Option, Question, Rows
from tests.domain.samples import COMPLIANCE, question

TODAY = date(2026, 3, 3)
OPTIONS = (
    Option("babies", "Babies"),
    Option("children", "Children"),
    Option("nobody", "None of these", alone=True),
)
COLUMNS = (
    question("a.x.post", "short-text", title="Post", max_length=20),
    question("a.x.staff", "number", title="Staff trained"),
    question(
        "a.x.share", "percentage", title="Share", numerator="In", denominator="Of", required=False
    ),
    question("a.x.when", "month", title="When", latest="today", required=False),
)
FIXED = Rows(fixed=(Option("dsl", "DSL"), Option("deputy", "Deputy")), most=2)


def of_type(type_: str, **more: Any) -> Question:
    defaults: dict[str, Any] = {
        "title": "Asked",
        "options": OPTIONS,
        "columns": COLUMNS,
        "scale": COMPLIANCE if type_ in ("rating", "agreement") else None,
        "decimals": 2 if type_ == "money" else 0,
        "numerator": "Trained",
        "denominator": "In post",
        "agree": "I agree",
    }
    return question("a.x", type_, **(defaults | more))


CELLS = st.one_of(st.sampled_from(["12", "1/2", "3/", "3 2026", "Lead", ""]), st.text(max_size=12))
ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["post", "staff", "share", "when", "row", "text", "link", "file"]),
        CELLS,
        max_size=4,
    ),
    max_size=4,
)
TYPED = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["12", "12/40", "met", "yes", "agreed", "babies children", "3 2026", "£5"]),
    st.dates().map(str),
    ROWS.map(json.dumps),
    st.recursive(st.none() | st.text(), st.lists).map(json.dumps),
)
