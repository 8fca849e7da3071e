"""Reading a list of agencies, or of people to invite: a CSV file as spreadsheets save it.

Any of the usual encodings and separators is read, headings are matched kindly, and every fault is
told. Nothing is looked up here: that is `s11audit.services.bulk_agencies`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from s11audit.services.refusals import RefusedError

LARGEST_FILE = 2_000_000
MOST_ROWS = 5_000
SEPARATORS = ",;\t"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029]")
# Programs put an apostrophe before what a spreadsheet would take for a formula.
_FORMULA = re.compile(r"'(?=[=+\-@\t\r])")


@dataclass(frozen=True)
class Column:
    """One column: its heading in the template, what it is for, and other headings that mean it."""

    heading: str
    purpose: str
    also: frozenset[str] = frozenset()
    is_needed: bool = False


COLUMNS: dict[str, Column] = {
    "reference": Column(
        "agency reference",
        "Such as ELM-ROW. Leave it out to find the agency by its name, or to have one made",
        frozenset({"reference", "ref", "agencyref", "schoolreference", "urn", "agencycode"}),
    ),
    "agency": Column(
        "agency name",
        "Such as Elm Row School",
        frozenset({"agency", "school", "schoolname", "organisation", "organisationname",
                   "establishment", "establishmentname", "nameofagency", "nameofschool"}),
        is_needed=True,
    ),
    "agency_type": Column(
        "agency type",
        "Such as school or nhs-trust. An agency that is there already keeps its own",
        frozenset({"type", "typeofagency", "schooltype", "organisationtype", "kind"}),
    ),
    "email": Column(
        "e-mail",
        "The work e-mail address of whom to invite",
        frozenset({"emailaddress", "workemail", "workemailaddress", "mail", "contactemail",
                   "dslemail"}),
        is_needed=True,
    ),
    "name": Column(
        "name",
        "First and last name of whom to invite",
        frozenset({"fullname", "person", "personname", "contact", "contactname", "nameofperson",
                   "dsl", "dslname", "lead", "leadname"}),
        is_needed=True,
    ),
    "role": Column(
        "role",
        "agency-lead, contributor, signatory or case-auditor. Left out, agency-lead",
        frozenset({"roles", "post"}),
    ),
    "attributes": Column(
        "attributes",
        "What the agency has or does, such as primary boarding, with spaces or semicolons between",
        frozenset({"attribute", "hasordoes", "whatithasordoes", "features"}),
    ),
}  # fmt: skip
# Of a list of agencies alone, in which a name is theirs.
AGENCY_COLUMNS: dict[str, Column] = {
    "reference": COLUMNS["reference"],
    "agency": replace(COLUMNS["agency"], also=COLUMNS["agency"].also | {"name"}),
    "agency_type": COLUMNS["agency_type"],
    "attributes": COLUMNS["attributes"],
}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where, and what would be right. Line 1 holds the headings."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """One line of the file as it was typed, without spaces around."""

    line: int
    reference: str = ""
    agency: str = ""
    agency_type: str = ""
    email: str = ""
    name: str = ""
    role: str = ""
    attributes: str = ""


@dataclass(frozen=True)
class InvitationFile:
    """What a file says; `unread` are headings of columns that mean nothing here."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...] = ()
    unread: tuple[str, ...] = ()


class _UnreadableError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


_EXAMPLES = (
    {"reference": "ELM-ROW", "agency": "Elm Row School", "agency_type": "school",
     "email": "dsl@elm-row.example", "name": "Robin Ash", "role": "agency-lead",
     "attributes": "primary maintained"},
    {"reference": "ELM-ROW", "agency": "Elm Row School", "agency_type": "school",
     "email": "head@elm-row.example", "name": "Jo Birch", "role": "signatory"},
)  # fmt: skip
_EXAMPLES_OF_AGENCIES = (
    {"reference": "OAK-LANE", "agency": "Oak Lane School", "agency_type": "school",
     "attributes": "primary maintained"},
    {"agency": "Ash Vale Hospitals", "agency_type": "nhs-trust", "attributes": "direct-work"},
)  # fmt: skip


def template(columns: Mapping[str, Column] = COLUMNS) -> bytes:
    """A file to fill in: the headings and two lines of an example, for any spreadsheet."""
    examples = _EXAMPLES if "email" in columns else _EXAMPLES_OF_AGENCIES
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow([column.heading for column in columns.values()])
    lines.writerows([example.get(name, "") for name in columns] for example in examples)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def _sound_text(text: str) -> str:
    """The text of a file with line ends of one character. Raises RefusedError where it is none."""
    if len(text) > LARGEST_FILE:
        raise RefusedError("file", "This is larger than 2 MB. Divide it into several files")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(text) or "\ufffd" in text:
        raise RefusedError("file", "This is not a text file. Save the sheet as “CSV UTF-8”")
    return text


def read_rows(text: str, columns: Mapping[str, Column] = COLUMNS) -> InvitationFile:
    """The rows of the text of a file, or the faults that keep it from being read.

    `columns` are those that it may have, by their names in a Row.

    Raises RefusedError where there is nothing in it, or too much.
    """
    text = _sound_text(text)
    if not text.strip():
        raise RefusedError("file", "Choose a file, or paste the lines of one")
    lines = _lines(text)
    try:
        first, headings = next(lines)
        places, faults, unread = _columns(headings, first, columns)
        if faults:
            return InvitationFile((), tuple(faults), unread)
        cells_of = dict(lines)
    except _UnreadableError as error:
        fault = Fault(error.line, "", "The quotation marks from this line on do not match up")
        return InvitationFile((), (fault,))
    rows = tuple(_row(line, cells, places) for line, cells in cells_of.items())
    faults = [
        Fault(line, "", "More cells than headings: put a name with a comma in quotation marks")
        for line, cells in cells_of.items()
        if any(cells[len(headings) :])
    ]
    if len(rows) > MOST_ROWS:
        raise RefusedError(
            "file", f"There are {len(rows):,} lines. Divide them into files of {MOST_ROWS:,}"
        )
    if not rows:
        raise RefusedError("file", "There is no line below the headings")
    return InvitationFile(rows, tuple(faults), unread)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1) of the line where a row begins, and its cells; empty rows are left out."""
    start = text.index("\n") + 1 if re.match(r"sep=.\n", text, re.I) else 0
    skipped = 1 if start else 0
    heading = text[start:].lstrip("\n").partition("\n")[0]
    separator = max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _UnreadableError(line) from error
        if any(cell.strip() for cell in cells):
            yield line, [_cell(cell) for cell in cells]


def _cell(text: str) -> str:
    """A cell without the spaces around it, nor the apostrophe that keeps a formula from running."""
    return " ".join(unicodedata.normalize("NFC", _FORMULA.sub("", text.strip(), count=1)).split())


def _columns(
    headings: Sequence[str], line: int, columns: Mapping[str, Column]
) -> tuple[dict[str, int], list[Fault], tuple[str, ...]]:
    """Column → its place, what is wrong with the headings, and those that mean nothing."""
    places: dict[str, int] = {}
    faults: list[Fault] = []
    unread: list[str] = []
    for place, heading in enumerate(headings):
        meant = _column_called(heading, columns)
        if meant is None:
            unread += [heading] if heading else []
        elif meant in places:
            faults.append(Fault(line, heading, "Two columns have this heading: remove one"))
        else:
            places[meant] = place
    for name, column in columns.items():
        if column.is_needed and name not in places:
            message = f"There is no column with this heading: call one “{column.heading}”"
            faults.append(Fault(line, column.heading, message))
    return places, faults, tuple(unread)


def _column_called(heading: str, columns: Mapping[str, Column]) -> str | None:
    plain = re.sub(r"[^a-z]", "", heading.lower())
    for name, column in columns.items():
        if plain in column.also or plain == re.sub(r"[^a-z]", "", column.heading):
            return name
    return None


def _row(line: int, cells: Sequence[str], places: dict[str, int]) -> Row:
    told = {name: cells[place] for name, place in places.items() if place < len(cells)}
    return Row(line, **told)
