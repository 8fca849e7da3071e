"""Lists that an auditor keeps beside the answers of a file: what key events and views share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import Form

from s11audit.domain.steps import StepNotAllowedError
from s11audit.services.case_material import (
    ChangedEntryError,
    Entry,
    KeyEventText,
    ViewText,
    add_entry,
    change_entry,
    delete_entry,
    digest,
    text_of,
)
from s11audit.services.refusals import RefusedError
from s11audit.web.cases.file_desk import FileDesk, file_desk
from s11audit.web.cases.guarding import guard_of_file
from s11audit.web.form_errors import errors_of, refuse
from s11audit.web.security import db, now, viewer

Page = str | tuple[str, int] | Response


class EntryForm(Form):
    """The boxes of one entry."""

    def typed(self) -> KeyEventText | ViewText:
        """What was typed, once it is valid."""
        raise NotImplementedError


@dataclass(frozen=True)
class Entries:
    """One kind of list: its pages (`list` has all, `change` is of one), form and rows of a file."""

    name: str
    list_endpoint: str
    change_endpoint: str
    form: Callable[..., EntryForm]
    of_file: Callable[[int], Sequence[Entry]]

    def list_page(self, desk: FileDesk, form: EntryForm | None = None) -> str:
        """Everything that is there, and the form to add to it while that can be done."""
        return self._page(f"cases/file-{self.name}.html", desk, form or self.form())

    def add(self, file_id: int) -> Page:
        """Add what was sent."""
        desk, form = file_desk(file_id, to_change=True), self.form(request.form)
        guard = guard_of_file(desk.file)
        if not guard.accepts(form):
            return self.list_page(desk, form), 422
        try:
            is_new = add_entry(db(), desk.file, form.typed(), by=viewer(), now=now())
        except RefusedError as error:
            refuse(form, error)
            return self.list_page(desk, form), 422
        except StepNotAllowedError as error:
            return self._too_late(desk, form, error)
        guard.remember()
        db().commit()
        flash("This is added." if is_new else "This was there already.", "success")
        return self._to_list(file_id)

    def change_page(self, desk: FileDesk, entry_id: int) -> str:
        """The form of one entry, with what it says."""
        entry = self._entry_or_404(desk, entry_id)
        return self._change_page(desk, entry, self.form(data=vars(text_of(entry))))

    def change(self, file_id: int, entry_id: int) -> Page:
        """Let an entry say what was sent."""
        desk = file_desk(file_id, to_change=True)
        entry = self._entry_or_404(desk, entry_id)
        form = self.form(request.form, data=vars(text_of(entry)))
        guard = guard_of_file(desk.file)
        if not guard.accepts(form):
            return self._change_page(desk, entry, form, seen=_seen()), 422
        try:
            typed, seen = form.typed(), _seen()
            change_entry(db(), desk.file, entry_id, typed, seen=seen, by=viewer(), now=now())
        except RefusedError as error:
            refuse(form, error)
            return self._change_page(desk, entry, form, seen=_seen()), 422
        except ChangedEntryError:
            return self._change_page(desk, entry, form, meanwhile=True), 409
        except StepNotAllowedError as error:
            return self._too_late(desk, form, error)
        guard.remember()
        db().commit()
        flash("Your change is saved.", "success")
        return self._to_list(file_id)

    def delete(self, file_id: int, entry_id: int) -> Page:
        """Delete an entry, unless it says something else by now."""
        desk = file_desk(file_id, to_change=True)
        entry = next((one for one in self.of_file(file_id) if one.id == entry_id), None)
        if entry is None:
            return self._to_list(file_id)  # pressed twice
        try:
            delete_entry(db(), desk.file, entry, seen=_seen(), by=viewer(), now=now())
        except ChangedEntryError:
            form = self.form(data=vars(text_of(entry)))
            return self._change_page(desk, entry, form, meanwhile=True), 409
        db().commit()
        flash("This is deleted.", "success")
        return self._to_list(file_id)

    def _entry_or_404(self, desk: FileDesk, entry_id: int) -> Entry:
        for entry in self.of_file(desk.file.id):
            if entry.id == entry_id:
                return entry
        abort(404)

    def _change_page(
        self,
        desk: FileDesk,
        entry: Entry,
        form: EntryForm,
        *,
        seen: str = "",
        meanwhile: bool = False,
    ) -> str:
        """`meanwhile` somebody has changed it: what it says now stands beside what was typed."""
        seen = seen or digest(entry)
        template = f"cases/file-{self.name}-change.html"
        return self._page(template, desk, form, entry=entry, seen=seen, meanwhile=meanwhile)

    def _too_late(
        self, desk: FileDesk, form: EntryForm, error: StepNotAllowedError
    ) -> tuple[str, int]:
        """The file can no longer be changed: say so, and give back what was typed."""
        page = "cases/entry-not-saved.html"
        return render_template(page, desk=desk, file=desk.file, form=form, why=str(error)), 409

    def _to_list(self, file_id: int) -> Response:
        return redirect(url_for(self.list_endpoint, file_id=file_id), 303)

    def _page(self, template: str, desk: FileDesk, form: EntryForm, **more: Any) -> str:
        return render_template(
            template,
            desk=desk,
            file=desk.file,
            form=form,
            errors=errors_of(form),
            entries=self.of_file(desk.file.id),
            digest=digest,
            **more,
        )


def _seen() -> str:
    return request.form.get("seen", "")
