"""The words and plans of the demonstration, read from the YAML files beside this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from s11audit.domain.access import SECOND_FACTOR_ROLES
from s11audit.domain.permissions import Role

DATA = Path(__file__).parent / "data"


def read(name: str) -> dict[str, Any]:
    """One YAML file of the demonstration, by its name without the ending."""
    with (DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        content: dict[str, Any] = yaml.load(file, _LOADER)  # noqa: S506 - a safe loader, in C
    return content


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Post:
    """A role, and the reference of what it is held for ("" for the whole installation)."""

    role: Role
    place: str


@dataclass(frozen=True)
class Person:
    """Somebody with an account, and what they are: one post, or several."""

    name: str
    email: str
    posts: tuple[Post, ...]
    # What they are where several people have the role; "" where the role says it.
    title: str = ""

    @property
    def needs_second_factor(self) -> bool:
        return any(post.role in SECOND_FACTOR_ROLES for post in self.posts)


@dataclass(frozen=True)
class MadeUpAgency:
    """An agency as it is written in partnership.yaml, with its profile from rounds.yaml, if any."""

    reference: str
    name: str
    agency_type: str
    attributes: frozenset[str]
    partnerships: tuple[str, ...]
    trust: str
    profile: Mapping[str, Any]


class Content:
    """Everything that the demonstration is made of."""

    def __init__(self) -> None:
        self.partnership = read("partnership")
        self.plans = read("rounds")
        self.words = read("words")
        self.notes = read("notes")
        self.papers = read("papers")

    @property
    def password(self) -> str:
        return str(self.partnership["password"])

    @cached_property
    def agencies(self) -> dict[str, MadeUpAgency]:
        """Reference → agency."""
        return {
            row["reference"]: MadeUpAgency(
                row["reference"],
                row["name"],
                row["type"],
                frozenset(row.get("with", ())),
                tuple(row.get("of", [self.home])),
                row.get("trust", ""),
                self.plans["agencies"].get(row["reference"], {}),
            )
            for row in self.partnership["agencies"]
        }

    @property
    def authenticator(self) -> str:
        """The secret of everybody's authenticator app, in base32."""
        return str(self.partnership["authenticator"])

    @cached_property
    def partnerships(self) -> dict[str, dict[str, str]]:
        """Reference → reference and name."""
        return _named(self.partnership["partnerships"])

    @property
    def home(self) -> str:
        """Reference of the partnership that most of it is about."""
        return next(iter(self.partnerships))

    @cached_property
    def trusts(self) -> dict[str, dict[str, str]]:
        """Reference → reference and name."""
        return _named(self.partnership["trusts"])

    @cached_property
    def people(self) -> list[Person]:
        """Everybody: those of partnerships first, then of the installation, trusts and agencies."""
        whole, top = self.partnership, {"reference": "", "people": self.partnership["people"]}
        places = [*whole["partnerships"], top, *whole["trusts"], *whole["agencies"]]
        return [_person(row, place["reference"]) for place in places for row in place["people"]]

    def name_of(self, place: str) -> str:
        """The name of the partnership, trust or agency of this reference; "" for none."""
        if place in self.agencies:
            return self.agencies[place].name
        return (self.partnerships | self.trusts).get(place, {}).get("name", "")

    @cached_property
    def texts(self) -> dict[str, dict[str, list[Any]]]:
        """Question key → texts: for each level, and under `evidence` and `actions`."""
        return {
            f"{path.stem}.{question_id}": texts
            for path in sorted((DATA / "texts").glob("*.yaml"))
            for question_id, texts in read(f"texts/{path.stem}").items()
        }

    def own_answers(self, round_reference: str, agency: str) -> dict[str, Any]:
        """What an agency answers in its own words, by question key; none where no file has it."""
        name = f"answers/{round_reference}/{agency}"
        return read(name) if (DATA / f"{name}.yaml").exists() else {}

    def draft(self) -> bytes:
        """The version of a questionnaire that waits for a second manager, as a YAML file."""
        return self.questionnaire(self.plans["draft"]["file"])

    def questionnaire(self, name: str) -> bytes:
        """A questionnaire of the demonstration's own, by the name of its YAML file."""
        return (DATA / f"{name}.yaml").read_bytes()

    def words_of(self, agency_type: str) -> dict[str, str]:
        """What this kind of agency calls itself, its workers and its records."""
        words: dict[str, str] = dict(self.words["types"][agency_type])
        words.pop("posts")
        return words

    def post(self, agency_type: str, part: str) -> str:
        """The post that takes this part in this kind of agency."""
        return str(self.words["types"][agency_type]["posts"][part])

    def signatory_posts(self, agency_type: str) -> list[str]:
        """The posts of those who sign for this kind of agency, its chief officer first."""
        posts: list[str] = self.words["signatories"][agency_type]
        return posts

    def suits(self, tag: str, agency_type: str) -> bool:
        """Whether a text kept for `tag` (an agency type or a group of them) is for this type."""
        return agency_type in self.words["groups"].get(tag, [tag])


def _named(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {row["reference"]: {"reference": row["reference"], "name": row["name"]} for row in rows}


def _person(row: Mapping[str, Any], place: str) -> Person:
    posts = [Post(Role(row["role"]), place)]
    posts += [Post(Role(more["role"]), more["place"]) for more in row.get("also", ())]
    return Person(row["name"], f"{row['email']}@example.org", tuple(posts), row.get("title", ""))
