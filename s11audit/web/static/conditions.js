// Shows and hides conditional questions while somebody answers, by the rules the server applies:
// see s11audit/domain/routing.py. A hidden question keeps what was typed.

// Answers given on other pages, by question key.
const answersElsewhere = (form) => JSON.parse(form.dataset.conditions);

const isShown = (form, key) => {
  const question = form.querySelector(`[data-question="${CSS.escape(key)}"]`);
  return question === null || !question.hidden;
};

const answerTo = (form, key, elsewhere) => {
  const fields = form.querySelectorAll(`[data-answers="${CSS.escape(key)}"]`);
  if (fields.length === 0) return elsewhere[key] ?? "";
  if (!isShown(form, key)) return "";
  for (const field of fields) {
    if (field.type !== "radio" || field.checked) return field.value;
  }
  return "";
};

const holds = (condition, answer) => {
  if (condition.any) return condition.any.some((inner) => holds(inner, answer));
  if (condition.all) return condition.all.every((inner) => holds(inner, answer));
  if (condition.not) return !holds(condition.not, answer);
  const given = answer(condition.question);
  if (given === "") return false;
  return "is" in condition ? given === condition.is : given !== condition["is-not"];
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
  };
  form.addEventListener("change", refreshAll);
  refreshAll();
};
