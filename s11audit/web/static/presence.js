// Says to the server that this page is open, and to whoever reads it which colleagues have it open
// too. It stops for good once the server turns it away, and does not keep anybody signed in.

const EVERY = 60_000;

const token = () => document.querySelector("input[name=csrf_token]").value;

// What to say, or null where there will be nothing more to say.
const ask = async (address) => {
  const headers = { "X-CSRFToken": token() };
  const answer = await fetch(address, { method: "POST", headers, redirect: "manual" });
  if (answer.ok) return (await answer.json()).told;
  if (answer.status >= 500) throw new Error("The server has a fault");
  return null;
};

// A screen reader hears what changes in the region, so the same words are not written again.
const say = (region, words) => {
  if (region.textContent.trim() === words) return;
  const paragraph = document.createElement("p");
  paragraph.className = "govuk-body";
  paragraph.textContent = words;
  region.replaceChildren(...(words === "" ? [] : [paragraph]));
};

export const keepPresence = (region) => {
  const tell = async () => {
    if (document.visibilityState !== "visible") return;
    let told;
    try {
      told = await ask(region.dataset.presence);
    } catch {
      return; // no connection, or a fault: the next minute may do better
    }
    say(region, told ?? "");
    if (told === null) stop();
  };
  const timer = setInterval(tell, EVERY);
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", tell);
  };
  document.addEventListener("visibilitychange", tell);
};
