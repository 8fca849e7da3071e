"""The form on which a panel writes down what it said of one domain, and the grades it agreed."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.datastructures import MultiDict
from werkzeug.utils import cached_property
from wtforms import Form, HiddenField, RadioField

from s11audit.domain.panels import is_graded
from s11audit.domain.questionnaire import Question, Standard
from s11audit.models import AgreedGrade, PanelNote
from s11audit.queries.case_reading import CaseRead
from s11audit.services.agreeing import Discussed, TypedGrade, TypedNote
from s11audit.web.fields import TextField
from s11audit.web.guard import Guard
from s11audit.web.page_versions import page_version

Typed = MultiDict[str, str]
# What was chosen on the page that shows both texts.
MINE, THEIRS = "mine", "theirs"
NOTE = "note-"


class _Kept(Form):
    """What both have: the version that was on the page, and what was chosen of two texts."""

    sent: Typed
    version = HiddenField()
    keep = HiddenField()

    @property
    def seen(self) -> int:
        return page_version(self.version.name)

    @property
    def is_undecided(self) -> bool:
        """Both texts were shown, and neither was chosen."""
        return self.keep.name in self.sent and self._chosen not in (MINE, THEIRS)

    @property
    def is_given_up(self) -> bool:
        return self._chosen == THEIRS

    @property
    def _chosen(self) -> str:
        """An empty value is sent, too, so that no choice can be told from no question."""
        return (self.sent.getlist(self.keep.name) or [""])[-1]


class NoteForm(_Kept):
    text = TextField(label="What the panel said")


class GradeForm(_Kept):
    level = RadioField("Agreed grade", validate_choice=False)
    reasons = TextField(label="Reasons for the agreed grade")


class DomainForm:
    """Every box of one domain. `typed` is what was sent; without it, boxes show what is stored."""

    def __init__(self, one: CaseRead, standard: Standard, typed: Typed | None = None) -> None:
        self._case, self._standard, self._typed = one, standard, typed
        self._sent: Typed = typed if typed is not None else MultiDict()

    @cached_property
    def note(self) -> NoteForm:
        held = self._case.notes.get(self._standard.id)
        stored = {"text": held.text, "version": held.version} if held else {"version": 0}
        form = NoteForm(self._typed, prefix=NOTE, data=stored)
        form.sent = self._sent
        return form

    @cached_property
    def grades(self) -> dict[str, GradeForm]:
        """Question key → its boxes."""
        return {
            question.key: self._grade(question)
            for question in self._standard.questions
            if is_graded(question)
        }

    def _grade(self, question: Question) -> GradeForm:
        held = self._case.agreed.get(question.key)
        stored = {"version": 0, "level": None, "reasons": ""}
        if held:
            stored = {"version": held.version, "level": held.level, "reasons": held.reasons}
        form = GradeForm(self._typed, prefix=f"{question.id}-", data=stored)
        form.sent = self._sent
        levels = question.scale.levels if question.scale else ()
        form.level.choices = [(level.id, level.label) for level in levels]
        return form

    def passes(self, guard: Guard) -> bool:
        """Whether each text can be kept as it is, and none tells who a child is, as far as the
        guard can tell; otherwise its box says why not."""
        found = [guard.checks(form) for form in (self.note, *self.grades.values())]
        return all(found)

    def typed_grades(self) -> dict[str, TypedGrade]:
        """What was sent of each grade, but for those given up for somebody else's."""
        return {
            key: TypedGrade(form.level.data or "", form.reasons.data or "", form.seen)
            for key, form in self.grades.items()
            if form.level.name in form.sent or form.reasons.name in form.sent
            if not (form.is_given_up or form.is_undecided)
        }

    def typed_note(self) -> TypedNote | None:
        form = self.note
        if form.text.name not in form.sent or form.is_given_up or form.is_undecided:
            return None
        return TypedNote(form.text.data or "", form.seen)

    def with_faults(self, sent: DomainForm, discussed: Discussed) -> DomainForm:
        """This form, with the boxes at fault as they were sent, and beside each what is wrong."""
        for key, fault in discussed.faults.items():
            self.grades[key] = sent.grades[key]
            self.grades[key][fault.part].errors = [fault.message]
        return self

    @property
    def faulty(self) -> list[GradeForm]:
        return [form for form in self.grades.values() if form.errors]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(Field id, message) for the error summary."""
        return [
            (field.id, f"{field.errors[0]}")
            for form in (*self.grades.values(), self.note)
            for field in form
            if field.errors
        ]

    def undecided(self) -> Iterator[str]:
        """Keys of grades of which neither text was chosen; empty for the note."""
        yield from (key for key, form in self.grades.items() if form.is_undecided)
        if self.note.is_undecided:
            yield ""


def clashing_grades(form: DomainForm, one: CaseRead, found: Discussed) -> dict[str, AgreedGrade]:
    """Grades of which two texts are to be shown: key → what is stored."""
    undecided = {key: one.agreed[key] for key in form.undecided() if key in one.agreed}
    return {**undecided, **found.clashes}


def clashing_note(
    form: DomainForm, one: CaseRead, standard: Standard, found: Discussed
) -> PanelNote | None:
    held = one.notes.get(standard.id)
    return found.note_clash or (held if "" in set(form.undecided()) else None)
