"""The text of a version → the text of its next version, with comments and layout kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What a question says of the version before; the next version follows this one key by key.
_OLD_LINEAGE = frozenset({"was", "carry", "why-afresh"})

Pair = tuple[Any, Any]
Edit = tuple[int, int, str]
"""What stands from one index to another gives way to a text."""


def next_version(raw: bytes, old: str, new: str) -> bytes:
    """The text of version `new`, which replaces version `old`, from that of `old`.

    The text must be one that loads: what makes YAML dangerous has been refused before.
    """
    text = raw.decode("utf-8-sig")
    root = yaml.compose(text, Loader=_LOADER)
    edits = [*_head_edits(text, root, old, new), *_lineage_edits(text, root)]
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text.encode("utf-8")


def _head_edits(text: str, root: Any, old: str, new: str) -> Iterator[Edit]:
    values = {key.value: value for key, value in root.value}
    version = values["version"]
    yield version.start_mark.index, version.end_mark.index, f'"{new}"'
    if "replaces" in values:
        replaces = values["replaces"]
        yield replaces.start_mark.index, replaces.end_mark.index, f'"{old}"'
    elif root.flow_style:
        yield version.end_mark.index, version.end_mark.index, f', replaces: "{old}"'
    else:
        at = _end_of_line(text, version.end_mark.index)
        ending = "\r\n" if "\r\n" in text else "\n"
        yield at, at, f'replaces: "{old}"{ending}'
    yield from _without(text, root, frozenset({"dropped"}))


def _lineage_edits(text: str, root: Any) -> Iterator[Edit]:
    for standard in _items(root, "standards"):
        for question in _items(standard, "questions"):
            yield from _without(text, question, _OLD_LINEAGE)


def _items(mapping: Any, name: str) -> list[Any]:
    return next((list(value.value) for key, value in mapping.value if key.value == name), [])


def _without(text: str, mapping: Any, names: frozenset[str]) -> Iterator[Edit]:
    """Take these keys out of a mapping; at least one other stays."""
    pairs: list[Pair] = mapping.value
    kept = [index for index, (key, _) in enumerate(pairs) if key.value not in names]
    behind_hyphen = not mapping.flow_style and not _begins_line(text, _start(pairs[0]))
    for index, pair in enumerate(pairs):
        if index in kept:
            continue
        if mapping.flow_style and index > kept[-1]:
            if index == kept[-1] + 1:  # these close the braces: the comma before them goes, too
                yield _end(text, pairs[kept[-1]][1]), _end(text, pairs[-1][1]), ""
        elif mapping.flow_style:
            yield _start(pair), _start(pairs[index + 1]), ""
        elif behind_hyphen and index < kept[0]:
            if index == 0:  # the first that stays moves up behind the hyphen
                yield _start(pair), _start(pairs[kept[0]]), ""
        else:
            yield _start_of_line(text, _start(pair)), _end_of_line(text, _end(text, pair[1])), ""


def _start(pair: Pair) -> int:
    return int(pair[0].start_mark.index)


def _begins_line(text: str, index: int) -> bool:
    return not text[_start_of_line(text, index) : index].strip()


def _start_of_line(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _end_of_line(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _end(text: str, node: Any) -> int:
    """The index behind the last character of a value."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        written = text[node.start_mark.index : node.end_mark.index]
        return int(node.start_mark.index) + len(written.rstrip())
    last = node.value[-1]
    return _end(text, last[1] if isinstance(last, tuple) else last)
