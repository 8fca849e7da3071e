// Puts what the server said is wrong beside its boxes, in the way that pages come with it.

const MARK = "data-autosave-fault";
// Boxes that make up one answer have their message above all of them.
const TOGETHER = ".govuk-date-input, .s11-pair, .govuk-radios, .govuk-checkboxes";

const placeOf = (box) => box.closest(TOGETHER) ?? box.closest(".govuk-input__wrapper") ?? box;

const messageFor = (box, text) => {
  const message = document.createElement("p");
  message.id = `${box.id}-error`;
  message.className = "govuk-error-message";
  message.setAttribute(MARK, "");
  const hidden = document.createElement("span");
  hidden.className = "govuk-visually-hidden";
  hidden.textContent = "Error:";
  message.append(hidden, ` ${text}`);
  return message;
};

const describe = (box, id, isWrong) => {
  const others = (box.getAttribute("aria-describedby") ?? "").split(" ");
  const ids = others.filter((one) => one && one !== id).concat(isWrong ? [id] : []);
  if (ids.length > 0) box.setAttribute("aria-describedby", ids.join(" "));
  else box.removeAttribute("aria-describedby");
};

const colour = (box, isWrong) => {
  placeOf(box).closest(".govuk-form-group")?.classList.toggle("govuk-form-group--error", isWrong);
  for (const kind of ["govuk-input", "govuk-textarea", "govuk-select"]) {
    if (box.classList.contains(kind)) box.classList.toggle(`${kind}--error`, isWrong);
  }
};

// Not what the page came with, such as what is still missing: that is for the next page to tell.
// Unless it came because the question could not be saved, which by now it is.
export const hideFaults = (section) => {
  const came = "unsaved" in section.dataset ? ".govuk-error-message" : `[${MARK}]`;
  delete section.dataset.unsaved;
  for (const message of section.querySelectorAll(came)) {
    const box = document.getElementById(message.id.replace(/-error$/, ""));
    if (box) {
      describe(box, message.id, false);
      colour(box, false);
    }
    message.remove();
  }
};

// `boxes` are pairs of the id of a box and what is wrong with it.
export const showFaults = (section, boxes) => {
  hideFaults(section);
  for (const [id, text] of boxes) {
    const box = document.getElementById(id);
    if (!box) continue;
    placeOf(box).before(messageFor(box, text));
    describe(box, `${id}-error`, true);
    colour(box, true);
  }
};
