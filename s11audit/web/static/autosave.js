// Saves what somebody types on the page of a standard without being asked, and says so in one line.
// Questions are compared one by one as when the form is sent: see s11audit/services/answers.py.
// What is not saved yet is kept on this device, too.
import { openDrafts } from "./drafts.js";
import { hideFaults, showFaults } from "./faults.js";
import { Question } from "./question-boxes.js";

const TYPING_STOPS = 5_000;
// With the time that sending takes, within 20 s of a change even while typing goes on.
const AT_MOST = 15_000;
const DRAFT_AFTER = 500;
const GIVE_UP = 15_000;
const TRY_AGAIN = [5_000, 10_000, 20_000, 40_000, 60_000];
// So much can a browser be given to send on its own after the page has gone.
const MOST_AFTER_LEAVING = 60_000;
const SIGNED_OUT = [400, 401];

const SAYS = {
  offline: "You are offline. What you type is kept on this device, and saved once you are back.",
  "offline without drafts": "You are offline and nothing is saved. Keep this page open.",
  busy: "Not saved yet: the service does not answer as it should. We keep trying.",
  "signed out": "Not saved: you have been signed out. Sign in again in another tab, or press Save.",
  "somebody else": "Not saved: somebody else has signed in here. Copy what you typed.",
  gone: "Not saved: you can no longer change this standard. Copy what you typed.",
  large: "Not saved: what you typed is too long. Shorten the longest texts.",
};
const REFUSED = { 403: SAYS.gone, 404: SAYS.gone, 413: SAYS.large };

class Autosave {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosave-status]");
    this.found = form.querySelector("[data-draft-found]");
    this.questions = [...form.querySelectorAll("[data-question]")]
      .filter((section) => section.querySelector("[name$='__seen']"))
      .map((section) => new Question(form, section));
    this.drafts = null;
    this.sending = null; // a promise while something is on its way,
    this.carried = new Map(); // which is this, by question
    this.trouble = ""; // a key of SAYS
    this.failures = 0;
    this.isStopped = false;
    this.isCleared = false; // to be sent as a form
    this.faults = new Map();
    this.released = Promise.resolve();
  }

  async start() {
    this.listen();
    this.drafts = await openDrafts(this.form.dataset.draft, this.form.dataset.draftKey);
    if (!this.drafts) return;
    this.drafts.claim();
    await this.putBack();
  }

  listen() {
    const { form } = this;
    form.addEventListener("input", (event) => this.noticed(event));
    form.addEventListener("change", (event) => this.noticed(event));
    form.addEventListener("focusout", ({ relatedTarget }) => {
      this.onceReleased(() => this.tellFaults(relatedTarget));
      this.save();
    });
    document.addEventListener("pointerdown", () => this.pressed());
    form.addEventListener("submit", (event) => this.submitted(event));
    document.addEventListener("submit", ({ target }) => {
      this.isSigningOut = target.action.endsWith("/sign-out");
    });
    document.addEventListener("visibilitychange", () => this.save());
    window.addEventListener("pagehide", () => this.save());
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.isCleared = false;
    });
    window.addEventListener("online", () => this.online());
    window.addEventListener("offline", () => this.inTrouble("offline"));
    window.addEventListener("beforeunload", (event) => this.leaving(event));
  }

  // While something is pressed no fault comes or goes: it would move the button away from under the
  // finger or mouse, which then misses it.
  pressed() {
    this.released = new Promise((resolve) => {
      for (const end of ["pointerup", "pointercancel"]) {
        document.addEventListener(end, () => setTimeout(resolve), { once: true });
      }
    });
  }

  onceReleased(change) {
    this.released.then(change);
  }

  get changed() {
    return this.questions.filter((question) => question.isChanged);
  }

  noticed(event) {
    const section = event.target.closest?.("[data-question]");
    const touched = this.questions.find((question) => question.section === section);
    if (touched) touched.isPutBack = false;
    this.isSigningOut = false; // or they have thought better of it
    clearTimeout(this.drafting);
    this.drafting = setTimeout(() => this.keep(), DRAFT_AFTER);
    this.plan();
  }

  // Save when typing stops; while it goes on, every now and then.
  plan() {
    if (this.isStopped || this.changed.length === 0) return;
    const now = Date.now();
    this.since ??= now;
    clearTimeout(this.timer);
    const wait = Math.min(TYPING_STOPS, Math.max(0, this.since + AT_MOST - now));
    this.timer = setTimeout(() => this.save(), wait);
  }

  planAgain() {
    clearTimeout(this.timer);
    const wait = TRY_AGAIN[Math.min(this.failures, TRY_AGAIN.length - 1)];
    this.failures += 1;
    this.timer = setTimeout(() => this.save(), wait);
  }

  keep() {
    if (this.isSigningOut) return undefined; // the browser is clearing what was kept
    const content = this.changed.map(({ key, entries, seenBox }) => ({
      key,
      entries,
      seen: seenBox.value,
    }));
    return content.length > 0 ? this.drafts?.keep(content) : this.drafts?.forget();
  }

  // What was kept here and is not what the page shows goes back into its boxes, for a person to see.
  async putBack() {
    const draft = await this.drafts.takeOver();
    if (!draft) return;
    for (const { key, entries, seen } of draft.content) {
      const question = this.questions.find((one) => one.key === key);
      if (!question || question.isChanged || JSON.stringify(entries) === question.typed) continue;
      question.fill(entries, seen);
      if (question.isChanged) question.isPutBack = true;
      else question.fillAsAtFirst();
    }
    if (!this.questions.some((question) => question.isPutBack)) {
      await this.keep();
      return;
    }
    this.offer(draft.at);
    this.form.dispatchEvent(new Event("change")); // conditions look again
  }

  offer(at) {
    const when = new Date(at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" });
    this.found.querySelector("[data-draft-time]").textContent = ` on ${when}`;
    this.found.hidden = false;
    this.found.querySelector("[data-draft-save]").addEventListener("click", () => {
      this.endOffer(() => {});
      this.save();
    });
    this.found.querySelector("[data-draft-drop]").addEventListener("click", () => {
      this.endOffer((question) => question.fillAsAtFirst());
      this.form.dispatchEvent(new Event("change"));
      this.keep();
      this.say("What you had typed on this device is thrown away.");
    });
  }

  endOffer(settle) {
    this.found.hidden = true;
    for (const question of this.questions.filter((one) => one.isPutBack)) {
      question.isPutBack = false;
      settle(question);
    }
  }

  // Send what can be sent. One request at a time: each needs the digests that the last one gave.
  async save() {
    if (this.isStopped) return;
    while (this.sending) await this.sending;
    this.since = undefined;
    const questions = this.questions.filter((question) => question.canBeSent);
    if (questions.length === 0) return;
    clearTimeout(this.timer);
    this.carried = new Map(questions.map((question) => [question.key, question.typed]));
    this.sending = this.send(questions).finally(() => {
      this.sending = null;
    });
    await this.sending;
    await this.keep();
    if (!this.trouble) this.plan();
  }

  async send(questions) {
    if (this.trouble === "signed out" && !(await this.isBack())) return;
    const body = new URLSearchParams(questions.flatMap((question) => question.body)).toString();
    this.canOutliveThePage = body.length < MOST_AFTER_LEAVING;
    try {
      const response = await this.post(body);
      if (response.ok) this.took(await response.json());
      else await this.refused(response);
    } catch {
      this.inTrouble(navigator.onLine ? "busy" : "offline");
    }
  }

  post(body) {
    return fetch(this.form.dataset.autosave, {
      method: "POST",
      body,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "X-CSRFToken": this.form.elements.csrf_token.value,
      },
      keepalive: this.canOutliveThePage,
      redirect: "error",
      signal: AbortSignal.timeout(GIVE_UP),
    });
  }

  took(answer) {
    this.trouble = "";
    this.failures = 0;
    for (const question of this.questions.filter((one) => this.carried.has(one.key))) {
      const { key } = question;
      this.faults.delete(key);
      if (key in answer.seen) {
        question.isSaved(this.carried.get(key), answer.seen[key]);
        this.onceReleased(() => hideFaults(question.section));
      } else if (answer.conflicts.includes(key)) {
        question.isInConflict = true;
      } else {
        question.refused = this.carried.get(key);
        this.faults.set(key, answer.faults[key]);
      }
    }
    this.progress = `${answer.answered}/${answer.required} required questions answered.`;
    this.saved = Object.keys(answer.seen).length > 0 ? `Saved at ${answer.saved_at}.` : this.saved;
    if (answer.brought) this.progress += " Last time’s answers are here now: reload to see them.";
    this.tell();
    this.onceReleased(() => this.tellFaults());
  }

  tell() {
    if (this.questions.some((question) => question.isInConflict)) {
      this.say("Not saved: somebody else changed the same answer. ", "See both and choose");
    } else if (this.saved) {
      this.say(`${this.saved} ${this.progress}`);
    }
  }

  // Whoever is still at a question may not have finished: a date is wrong until its year is typed.
  tellFaults(focused = document.activeElement) {
    const told = [];
    for (const question of this.questions) {
      const fault = this.faults.get(question.key);
      if (!fault || question.section.contains(focused)) continue;
      if (!fault.isShown) showFaults(question.section, fault.boxes);
      fault.isShown = true;
      told.push(`“${fault.title}”`);
    }
    if (told.length > 0 && !this.questions.some((question) => question.isInConflict)) {
      this.say(`Not saved: something is wrong in ${told.join(" and ")}.`);
    }
  }

  async refused(response) {
    if (SIGNED_OUT.includes(response.status)) return this.inTrouble("signed out");
    if (response.status >= 500 || response.status === 429) return this.inTrouble("busy");
    const { sentences } = await response.json();
    return this.stop(REFUSED[response.status] ?? `Not saved: ${sentences[0]}`);
  }

  inTrouble(trouble) {
    if (this.isStopped) return;
    this.trouble = trouble;
    if (trouble === "offline" && !this.drafts) this.say(SAYS["offline without drafts"]);
    else this.say(SAYS[trouble]);
    this.planAgain();
  }

  stop(why) {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.say(why);
  }

  online() {
    if (this.trouble === "offline") {
      this.trouble = "";
      this.say("");
      this.tell();
    }
    this.save();
  }

  // Whether the same person has signed in again in another tab; takes over the new session's token.
  async isBack() {
    const page = await fetch(location.pathname, { redirect: "manual" });
    if (!page.ok) {
      this.inTrouble("signed out");
      return false;
    }
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    const form = parsed.querySelector("[data-autosave]");
    if (form?.dataset.draft !== this.form.dataset.draft) {
      this.stop(parsed.querySelector("[data-autosave]") ? SAYS["somebody else"] : SAYS.gone);
      return false;
    }
    const token = form.querySelector("[name=csrf_token]").value;
    for (const box of document.querySelectorAll("[name=csrf_token]")) box.value = token;
    return true;
  }

  // The form goes off after what is on its way has come back, or it would conflict with itself.
  async submitted(event) {
    if (this.isCleared) return;
    this.endOffer(() => {});
    const isOffline = this.trouble === "offline";
    const mustWait = this.sending || this.questions.some((question) => question.canBeSent);
    if (this.isStopped || !(mustWait || isOffline)) {
      this.isCleared = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    if (this.isWaiting || !mustWait) return;
    this.isWaiting = true;
    await this.save();
    this.isWaiting = false;
    if (this.trouble === "offline") return;
    this.isCleared = true;
    this.form.requestSubmit(submitter);
  }

  // Silent where all is saved, or goes off now and is kept here until it has arrived.
  leaving(event) {
    if (this.isCleared) return;
    if (!this.sending) this.save();
    this.keep();
    const isWell = !this.trouble && !this.isStopped && navigator.onLine;
    if (isWell && this.changed.every((question) => this.isOnItsWay(question))) return;
    if (this.changed.length > 0) event.preventDefault();
  }

  isOnItsWay(question) {
    return this.canOutliveThePage && this.carried.get(question.key) === question.typed;
  }

  say(text, button = "") {
    if (this.status.textContent === text + button) return;
    this.status.textContent = text;
    if (!button) return;
    const way = document.createElement("button");
    Object.assign(way, { type: "submit", name: "next", value: "later", textContent: button });
    way.className = "s11-link-button";
    this.status.append(way);
  }
}

export const startAutosave = (form) => new Autosave(form).start();
