"""Trees of questionnaires, made up by Hypothesis: any text wherever text may stand."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from s11audit.questionnaires.authoring.key_forms import Form, KeyForm, forms_of
from s11audit.questionnaires.schema import (
    FilePart,
    QuestionnairePart,
    ScalePart,
    StandardPart,
)
from s11audit.questionnaires.source import Items, Section

TELLING = (
    *("=1+1", "+1", "-1", "@home", "'quoted'", '"', "<script>alert(1)</script>", "{{ 7*7 }}"),
    *(
        "\u202eback\u202c",
        "\u200f",
        "_x0041_",
        "_x005F_",
        "\\n",
        "\\",
        "a | b",
        "a = b",
        "[]",
        "{}",
    ),
    *("2026", "2026-27", "1e5", "0x10", "null", "~", "yes", "no", "10:30", "# not a comment"),
    *("a: b", "- a", "? a", "!tag", "&a", "*a", "%a", "`", "---", "...", "|", ">", "a:", "\ufeff"),
    *(
        "a\nb",
        "a\n\nb\n",
        " a",
        "a ",
        "\na",
        "a\n\n",
        "a\n b",
        " a\nb",
        "a\n\tb",
        "a\n  \nb",
        "\tb",
    ),
    *("\u2028a", "a\u2029b", "\U0001f600", "\ufffe", "é" * 40, "word " * 2000),
)
_CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t")
TEXTS = (st.sampled_from(TELLING) | st.text(_CHARACTERS, min_size=1, max_size=30)).filter(
    lambda text: bool(text.strip())
)
# What stands before a colon: YAML ends the search for it after 1,024 characters.
NAMES = TEXTS.filter(lambda text: len(text) < 500)
IDS = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
KEYS = st.tuples(IDS, IDS).map(".".join)


def items(values: list[Any]) -> Items:
    made = Items(1)
    made.extend(values)
    made.lines.extend([1] * len(values))
    return made


def section(values: dict[str, Any]) -> Section:
    made = Section(1)
    made.update(values)
    made.lines.update(dict.fromkeys(values, 1))
    return made


def lists(one: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[Items]:
    return st.lists(one, max_size=most).map(items)


LOOKS = st.tuples(
    KEYS, st.sampled_from(["is", "is-not"]), TEXTS | st.sampled_from(["or", "not"])
).map(lambda look: section({"question": look[0], look[1]: look[2]}))
CONDITIONS = st.recursive(
    LOOKS,
    lambda inner: st.one_of(
        inner.map(lambda one: section({"not": one})),
        st.tuples(st.sampled_from(["any", "all"]), st.lists(inner, min_size=1, max_size=3)).map(
            lambda group: section({group[0]: items(group[1])})
        ),
    ),
    max_leaves=6,
)


def value(form: KeyForm) -> st.SearchStrategy[Any]:
    """Anything that a key may have."""
    if form.form is Form.CONDITION:
        return CONDITIONS
    if form.form is Form.TEXTS:
        return lists(TEXTS if form.free else IDS)
    if form.form is Form.PAIRS:
        return st.dictionaries(NAMES, TEXTS, max_size=3).map(section)
    if form.form in (Form.PARTS, Form.LONG_PARTS):
        most = 2 if form.form is Form.LONG_PARTS else 3
        assert form.part
        return st.lists(parts(form.part), min_size=1, max_size=most).map(items)
    if form.form is Form.INNER:
        assert form.part
        return parts(form.part).filter(bool)
    if form.choices:
        return st.sampled_from(form.choices)
    return TEXTS if form.free else IDS


ALWAYS = frozenset({"id", "label", "standards", "questions", "levels"})


def parts(model: type[FilePart], *without: str) -> st.SearchStrategy[Section]:
    """A part with some of its keys, and always those without which nothing can be placed."""
    forms = {key: form for key, form in forms_of(model).items() if key not in without}
    needed = {key: value(form) for key, form in forms.items() if key in ALWAYS}
    optional = {key: value(form) for key, form in forms.items() if key not in ALWAYS}
    if not needed and model is not QuestionnairePart:  # a line must say something
        key = next(iter(optional))
        needed = {key: optional.pop(key)}
    return st.fixed_dictionaries(needed, optional=optional).map(section)


def _named_scale(scale: Section) -> Section | Items:
    levels: Items = scale["levels"]
    return levels if set(scale) == {"levels"} else scale


def _with_own_ids(root: Section) -> Section:
    """Questions of the same key could not be told apart where columns name them."""
    for number, standard in enumerate(root["standards"]):
        standard["id"] = f"{standard['id']}-{number}"
        for at, question in enumerate(standard["questions"]):
            question["id"] = f"{question['id']}-{at}"
    return root


SCALES = st.dictionaries(IDS, parts(ScalePart).map(_named_scale), min_size=1, max_size=2).map(
    section
)
ROOTS = (
    st.tuples(
        parts(QuestionnairePart, "scales", "standards"),
        st.none() | SCALES,
        st.lists(parts(StandardPart), min_size=1, max_size=2).map(items),
    )
    .map(
        lambda made: section(
            made[0] | ({"scales": made[1]} if made[1] else {}) | {"standards": made[2]}
        )
    )
    .map(_with_own_ids)
)
