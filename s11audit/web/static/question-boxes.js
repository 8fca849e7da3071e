// The boxes of one question on the page of a standard: what stands in them, and what of it is saved.

const TICKED = ["radio", "checkbox"];

export class Question {
  constructor(form, section) {
    this.form = form;
    this.section = section;
    this.key = section.dataset.question;
    this.seenBox = section.querySelector("input[type=hidden][name$='__seen']");
    this.prefix = this.seenBox.name.slice(0, -"seen".length);
    this.atFirst = { entries: this.entries, seen: this.seenBox.value };
    // What the server has refused once is sent again only after it was changed.
    const isRefused = "unsaved" in section.dataset;
    this.saved = isRefused ? null : this.typed;
    this.refused = isRefused ? this.typed : null;
    this.isInConflict = false;
    this.isPutBack = false;
  }

  // Names and texts as the form would send them; not the digest, which nobody types.
  get entries() {
    return [...new FormData(this.form)].filter(
      ([name, value]) =>
        name.startsWith(this.prefix) && name !== this.seenBox.name && typeof value === "string",
    );
  }

  get typed() {
    return JSON.stringify(this.entries);
  }

  get isChanged() {
    return this.typed !== this.saved;
  }

  // A conflict is for a person to settle, and what was put back for them to look at first.
  get canBeSent() {
    const typed = this.typed;
    const isNew = typed !== this.saved && typed !== this.refused;
    return isNew && !this.isInConflict && !this.isPutBack;
  }

  // What is sent of it.
  get body() {
    return [...this.entries, [this.seenBox.name, this.seenBox.value]];
  }

  isSaved(typed, seen) {
    this.saved = typed;
    this.refused = null;
    this.seenBox.value = seen;
  }

  // Fill the boxes with what was typed at another time, when the answer of this digest was shown.
  fill(entries, seen) {
    this.seenBox.value = seen;
    for (const box of this.form.elements) {
      if (!box.name?.startsWith(this.prefix) || box.type === "hidden") continue;
      const texts = entries.filter(([name]) => name === box.name).map(([, text]) => text);
      if (TICKED.includes(box.type)) box.checked = texts.includes(box.value);
      else box.value = texts[0] ?? "";
    }
  }

  fillAsAtFirst() {
    this.fill(this.atFirst.entries, this.atFirst.seen);
  }
}
