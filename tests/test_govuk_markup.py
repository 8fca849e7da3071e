"""Our macros give the HTML that GOV.UK Frontend publishes, whose scripts and styles they rely on.

Its npm package, which builds the style sheet, carries examples: options and the HTML they give.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, NavigableString, Tag
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field as WtField
from wtforms import Form, PasswordField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import TextAreaField

from s11audit.domain.ratings import LABELS
from s11audit.paths import TEMPLATES
from s11audit.web.fields import DateParts

PUBLISHED = Path(__file__).parent.parent / "node_modules/govuk-frontend/dist/govuk/components"
pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="GOV.UK Frontend is not here: run `make static`"
)

environment = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
environment.globals["LABELS"] = LABELS


def published(component: str, example: str) -> tuple[dict[str, Any], str]:
    """The options and the HTML of one published example."""
    fixtures = json.loads((PUBLISHED / component / "fixtures.json").read_text(encoding="utf-8"))
    for fixture in fixtures["fixtures"]:
        if fixture["name"] == example:
            return fixture["options"], fixture["html"]
    raise AssertionError(f"GOV.UK Frontend has no example {example!r} of {component}")


def render(file: str, *arguments: Any, **options: Any) -> str:
    macro: Callable[..., str] = getattr(
        environment.get_template(f"components/{file}.html").module, file.replace("-", "_")
    )
    return str(macro(*arguments, **options))


def shape(html: str) -> list[Any]:
    """HTML without what makes no difference: white space, order of attributes and of classes."""
    return [_shape(child) for child in BeautifulSoup(html, "html.parser").children if _says(child)]


def _shape(node: Any) -> Any:
    if isinstance(node, NavigableString):
        return " ".join(node.split())
    attributes = {
        name: sorted(value) if isinstance(value, list) else value
        for name, value in node.attrs.items()
    }
    return [node.name, attributes, [_shape(child) for child in node.children if _says(child)]]


def _says(node: Any) -> bool:
    return isinstance(node, Tag) or bool(str(node).strip())


def made(
    field: type[WtField], options: dict[str, Any], *, typed: str = "", **settings: Any
) -> WtField:
    """A bound field with the name, id, choices and error of a published example."""
    name = options.get("name") or options["idPrefix"]
    if "items" in options:
        settings["choices"] = {item["value"]: item["text"] for item in options["items"]}
        settings["validate_choice"] = False
    id_ = options.get("id") or options.get("idPrefix") or name
    form = type("OneField", (Form,), {"box": field(name=name, id=id_, **settings)})
    bound = form(MultiDict({name: typed}))["box"]
    bound.errors = [options["errorMessage"]["text"]] if "errorMessage" in options else []
    return bound


def hint_of(options: dict[str, Any]) -> str:
    return options.get("hint", {}).get("text", "")


@pytest.mark.parametrize(
    "example",
    ["default", "with hint text", "with error message", "with error and hint", "value"],
)
def test_a_line_of_text_is_what_govuk_publishes(example: str) -> None:
    options, html = published("input", example)
    field = made(StringField, options, typed=options.get("value", ""))
    ours = render("input", field, label=options["label"]["text"], hint=hint_of(options))
    assert shape(ours) == shape(html)


@pytest.mark.parametrize("example", ["default", "with hint", "with hint and error"])
def test_a_box_of_text_that_counts_is_what_govuk_publishes(example: str) -> None:
    options, html = published("character-count", example)
    field = made(TextAreaField, options, description=hint_of(options))
    field.label.text = options["label"]["text"]
    assert shape(render("counted-textarea", field, options["maxlength"])) == shape(html)


@pytest.mark.parametrize("example", ["default", "with hint", "with error message"])
def test_a_box_of_text_is_what_govuk_publishes(example: str) -> None:
    options, html = published("textarea", example)
    field = made(TextAreaField, options)
    ours = render("textarea", field, label=options["label"]["text"], hint=hint_of(options))
    assert shape(ours) == shape(html)


@pytest.mark.parametrize("example", ["with hint", "with hint and error message"])
def test_radios_are_what_govuk_publishes(example: str) -> None:
    options, html = published("radios", example)
    legend = options.setdefault("fieldset", {}).get("legend", {"text": "Legend"})["text"]
    ours = render("radios", made(RadioField, options), legend=legend, hint=hint_of(options))
    if "<fieldset" not in html:
        ours = BeautifulSoup(ours, "html.parser")
        ours.legend.decompose()
        ours.fieldset.unwrap()
    assert shape(str(ours)) == shape(html)


def test_checkboxes_are_what_govuk_publishes() -> None:
    options, html = published("checkboxes", "with error message and hint")
    ours = render(
        "checkboxes",
        made(SelectMultipleField, options),
        legend=options["fieldset"]["legend"]["text"],
        hint=hint_of(options),
    )
    assert shape(ours) == shape(html)


@pytest.mark.parametrize(
    "example", ["default", "with hint text and error message", "with selected value"]
)
def test_a_select_is_what_govuk_publishes(example: str) -> None:
    options, html = published("select", example)
    options["items"] = [{**item, "value": str(item["value"])} for item in options["items"]]
    chosen = [item["value"] for item in options["items"] if item.get("selected")]
    field = made(SelectField, options, typed=str(options.get("value", "".join(chosen))))
    ours = render("select", field, label=options["label"]["text"], hint=hint_of(options))
    assert shape(ours) == shape(html.replace(" disabled", ""))  # we disable no choice


@pytest.mark.parametrize("example", ["default", "with error message"])
def test_a_password_is_what_govuk_publishes(example: str) -> None:
    options, html = published("password-input", example)
    field = made(PasswordField, options)
    ours = render("password-input", field, label=options["label"]["text"], hint=hint_of(options))
    assert shape(ours) == shape(html)


def test_a_date_is_three_labelled_boxes_in_a_group_and_its_first_box_can_be_linked_to() -> None:
    form = type("OneDate", (Form,), {"due": DateParts()})
    html = render("date-input", form(data={"due": date(2026, 3, 27)})["due"], legend="Due date")
    soup = BeautifulSoup(html, "html.parser")
    boxes = {box["id"]: (box["name"], box["value"]) for box in soup.select("input")}
    assert boxes == {
        "due": ("due-day", "27"),
        "due-month": ("due-month", "3"),
        "due-year": ("due-year", "2026"),
    }
    assert [label["for"] for label in soup.select("label")] == list(boxes)
    assert soup.select_one("fieldset[role=group] > legend.govuk-fieldset__legend")


def test_an_error_summary_is_what_govuk_publishes() -> None:
    options, html = published("error-summary", "default")
    errors = [(item["href"].removeprefix("#"), item["text"]) for item in options["errorList"]]
    ours = BeautifulSoup(render("error-summary", errors), "html.parser")
    theirs = BeautifulSoup(html, "html.parser")
    if theirs.p:
        theirs.p.decompose()
    assert shape(str(ours)) == shape(str(theirs))


def test_small_parts_are_what_govuk_publishes() -> None:
    options, html = published("button", "default")
    assert shape(render("button", options["text"])) == shape(html)
    options, html = published("button", "link")
    assert shape(render("button", options["text"], href=options["href"])) == shape(html)
    options, html = published("tag", "default")
    assert shape(render("tag", options["text"])) == shape(html)
    options, html = published("back-link", "with custom text and link")
    assert shape(render("back-link", options["href"], options["text"])) == shape(html)


def test_a_summary_list_is_what_govuk_publishes() -> None:
    options, html = published("summary-list", "default")
    rows = [
        {
            "key": row["key"]["text"],
            "value": Markup(row["value"].get("html") or row["value"]["text"]),
        }
        for row in options["rows"]
    ]
    assert shape(render("summary-list", rows)) == shape(html)


def test_what_was_typed_comes_back_whole_and_inert() -> None:
    typed = "\n<script>alert(1)</script> & </textarea>"
    field = made(TextAreaField, {"name": "comment"}, typed=typed)
    soup = BeautifulSoup(render("textarea", field, label="Comment"), "html.parser")
    assert soup.script is None
    assert soup.textarea.get_text() == "\n" + typed  # a browser drops the first line break
