// Shows and hides conditional questions while somebody answers, by the rules the server applies:
// see s11audit/domain/routing.py. A hidden question keeps what was typed.

// Answers given on other pages, by question key.
const answersElsewhere = (form) => JSON.parse(form.dataset.conditions);

const isShown = (form, key) => {
  const question = form.querySelector(`[data-question="${CSS.escape(key)}"]`);
  return question === null || !question.hidden;
};

const isTicked = (field) => field.type === "radio" || field.type === "checkbox";

// The answer to a question; of a question with several, all their codes with a space between.
const answerTo = (form, key, elsewhere) => {
  const fields = form.querySelectorAll(`[data-answers="${CSS.escape(key)}"]`);
  if (fields.length === 0) return elsewhere[key] ?? "";
  if (!isShown(form, key)) return "";
  const given = [...fields].filter((field) => !isTicked(field) || field.checked);
  return given.map((field) => field.value).join(" ");
};

const holds = (condition, answer) => {
  if (condition.any) return condition.any.some((inner) => holds(inner, answer));
  if (condition.all) return condition.all.every((inner) => holds(inner, answer));
  if (condition.not) return !holds(condition.not, answer);
  const given = answer(condition.question);
  if (given === "") return false;
  const chosen = given.split(" ");
  return "is" in condition ? chosen.includes(condition.is) : !chosen.includes(condition["is-not"]);
};

const refresh = (form, elsewhere) => {
  const answer = (key) => answerTo(form, key, elsewhere);
  const conditional = [...form.querySelectorAll("[data-when]")];
  // A question may wait for another that waits itself: go on until nothing moves.
  for (let pass = 0; pass <= conditional.length; pass += 1) {
    let moved = false;
    for (const question of conditional) {
      const hidden = !holds(JSON.parse(question.dataset.when), answer);
      moved ||= hidden !== question.hidden;
      question.hidden = hidden;
    }
    if (!moved) return;
  }
};

// A heading goes out of sight together with all the questions under it.
const refreshHeadings = (form) => {
  for (const heading of form.querySelectorAll("[data-heading]")) {
    const under = [];
    for (let next = heading.nextElementSibling; next && !("heading" in next.dataset); ) {
      if ("question" in next.dataset) under.push(next);
      next = next.nextElementSibling;
    }
    heading.hidden = under.length > 0 && under.every((question) => question.hidden);
  }
};

// Boxes that only some levels call for: the reason of “not applicable”, the action of a red.
const refreshBoxes = (form) => {
  for (const box of form.querySelectorAll("[data-shown-for]")) {
    const question = box.closest("[data-question]");
    const chosen = question.querySelector("[data-answers]:checked");
    box.hidden = !chosen || !box.dataset.shownFor.split(" ").includes(chosen.value);
  }
};

export const watchConditions = (form) => {
  const elsewhere = answersElsewhere(form);
  for (const hint of form.querySelectorAll("[data-without-script]")) hint.hidden = true;
  const refreshAll = () => {
    refresh(form, elsewhere);
    refreshBoxes(form);
    refreshHeadings(form);
  };
  form.addEventListener("change", refreshAll);
  refreshAll();
};
