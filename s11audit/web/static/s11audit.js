// Behaviour that pages gain where JavaScript runs; each works without it.
import { initAll } from "./dist/govuk-frontend.min.js";
import { watchConditions } from "./conditions.js";
import { keepPresence } from "./presence.js";

initAll();
for (const form of document.querySelectorAll("[data-conditions]")) {
  watchConditions(form);
}
document.querySelectorAll("[data-presence]").forEach(keepPresence);
