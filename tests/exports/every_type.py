"""A questionnaire with a question of every type, and answers to all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from s11audit.domain.audience import Audience
from s11audit.domain.conditions import AllOf, AnyOf, Is, Not
from s11audit.domain.questionnaire import (
    Citation,
    EvidenceRule,
    Kind,
    Option,
    Question,
    Questionnaire,
    Rows,
    Standard,
)
from s11audit.domain.scales import Level, Scale
from tests.exports.rounds import COMPLIANCE, rating

AGREEMENT = Scale("agreement", (Level("agree", "Agree, mostly"), Level("disagree", "Disagree")))


def ask(id_: str, type_: str, **more: Any) -> Question:
    return Question(f"all.{id_}", id_.capitalize(), type_, f"What about {id_}?", **more)


def column(table: str, id_: str, type_: str, **more: Any) -> Question:
    title = id_.capitalize()
    return Question(f"all.{table}.{id_}", title, type_, title, **more)


def options(*labels: str, alone: str = "") -> tuple[Option, ...]:
    return tuple(Option(each.lower(), each, each == alone) for each in labels)


PERCENTAGE = {"numerator": "Up to date", "denominator": "In post"}
TRAINING = (
    column("training", "trained", "percentage", **PERCENTAGE),
    column("training", "spent", "money", decimals=2, min=Fraction(0)),
    column("training", "note", "short-text", required=False, max_length=80),
)

EVERY_TYPE = Questionnaire(
    id="every-type",
    version="1",
    kind=Kind.SELF_ASSESSMENT,
    title="Every type & more",
    introduction="First paragraph.\n\nSecond paragraph.",
    scales={"compliance": COMPLIANCE, "agreement": AGREEMENT},
    sha256="7" * 64,
    standards=(
        Standard(
            "all",
            "All of: the types",
            (
                ask("notice", "statement"),
                rating(
                    "all.lead",
                    "Lead",
                    critical=True,
                    help="Give the post.",
                    good=("It is written down.",),
                    examples=("Minutes",),
                    cites=(Citation(law="Children Act 2004 s11"),),
                    means={"met": "The board knows."},
                ),
                ask("mood", "agreement", scale=AGREEMENT),
                ask("plan", "yes-no", evidence=EvidenceRule.REQUIRED),
                ask("policy", "yes-no-unsure", when=Is("all.plan", "yes")),
                ask("form", "choice", options=options("Paper", "Online")),
                ask(
                    "ways", "multiple-choice", options=options("Post", "Web", "None", alone="None")
                ),
                ask(
                    "staff",
                    "number",
                    unit="people",
                    min=Fraction(0),
                    max=Fraction(199, 2),
                    decimals=1,
                    heading="Figures",
                ),
                ask("share", "percentage", heading="Figures", **PERCENTAGE),
                ask("cost", "money", decimals=2, min=Fraction(0), heading="Figures"),
                ask("day", "date", earliest="2020-01-01", latest="today", heading="Figures"),
                ask("since", "month", latest="2026-03", heading="Figures"),
                ask("post", "short-text", required=False, max_length=50),
                ask("story", "long-text"),
                ask(
                    "training",
                    "table",
                    columns=TRAINING,
                    rows=Rows(options("Teachers", "Governors"), most=2),
                ),
                ask(
                    "holders",
                    "table",
                    columns=(column("holders", "role", "short-text", max_length=80),),
                    rows=Rows(least=1, most=4),
                ),
                ask("proof", "evidence-list", rows=Rows(most=3)),
                ask("true", "declaration", agree="I agree"),
            ),
            summary="What this expects.",
            part="Part 1",
        ),
        Standard(
            "more",
            "More",
            (
                Question(
                    "more.why",
                    "Why",
                    "short-text",
                    "Why?",
                    when=AllOf(
                        (
                            AnyOf((Is("all.ways", "web"), Is("all.form", "paper", negated=True))),
                            Not(Is("all.true", "agreed")),
                        )
                    ),
                ),
            ),
            audience=Audience(agency_types=frozenset({"police", "school"})),
        ),
    ),
)

VALUES = {
    "all.lead": "met",
    "all.mood": "agree",
    "all.plan": "yes",
    "all.policy": "unsure",
    "all.form": "online",
    "all.ways": "post web",
    "all.staff": "12.5",
    "all.share": "12/40",
    "all.cost": "1234.50",
    "all.day": "2026-03-27",
    "all.since": "2026-03",
    "all.post": "=1+1",
    "all.story": "Line one\nline two",
    "all.training": (
        '[{"row":"teachers","trained":"12/40","spent":"10.50"},'
        '{"row":"governors","trained":"3/5","note":"@here"}]'
    ),
    "all.holders": '[{"role":"Head"}]',
    "all.proof": '[{"text":"Minutes","link":"https://example.org/m"}]',
    "all.true": "agreed",
}
