// Behaviour that pages gain where JavaScript runs; each works without it.
import { initAll } from "./dist/govuk-frontend.min.js";
import { startAutosave } from "./autosave.js";
import { watchConditions } from "./conditions.js";
import { forgetDraft } from "./drafts.js";
import { keepPresence } from "./presence.js";

initAll();
for (const form of document.querySelectorAll("[data-conditions]")) {
  watchConditions(form);
}
for (const form of document.querySelectorAll("[data-autosave]")) startAutosave(form);
for (const form of document.querySelectorAll("[data-settles]")) {
  form.addEventListener("submit", () => forgetDraft(form.dataset.settles));
}
document.querySelectorAll("[data-presence]").forEach(keepPresence);
