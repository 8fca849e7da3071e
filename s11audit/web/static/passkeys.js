// Makes passkeys and shows them. A form with `data-passkey` says which ("create" or "get") and, in
// `data-options`, what the server asks; the browser's answer goes back with the form.

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};

const toText = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const withBytes = (credentials) =>
  (credentials ?? []).map((credential) => ({ ...credential, id: toBytes(credential.id) }));

const made = async (options) =>
  navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
    },
  });

const shown = async (options) =>
  navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });

// What the server reads of each kind of answer.
const PARTS = {
  create: ["clientDataJSON", "attestationObject"],
  get: ["clientDataJSON", "authenticatorData", "signature"],
};

const asJson = (credential, kind) => {
  const parts = PARTS[kind].map((name) => [name, toText(credential.response[name])]);
  const { id, type } = credential;
  return JSON.stringify({ id, rawId: id, type, response: Object.fromEntries(parts) });
};

const explained = (error) =>
  error.name === "InvalidStateError"
    ? "There is a passkey for your account on this device already."
    : "We did not get a passkey. Try again, or use another way.";

const askBrowser = async (form, fault) => {
  const kind = form.dataset.passkey;
  const options = JSON.parse(form.dataset.options);
  const button = form.querySelector("button");
  fault.hidden = true;
  button.disabled = true;
  try {
    const credential = await (kind === "create" ? made(options) : shown(options));
    form.elements.answer.value = asJson(credential, kind);
    form.submit();
  } catch (error) {
    fault.textContent = explained(error);
    fault.hidden = false;
    button.disabled = false;
  }
};

for (const form of document.querySelectorAll("[data-passkey]")) {
  const knowsPasskeys = "PublicKeyCredential" in window;
  form.hidden = !knowsPasskeys;
  document.querySelector("[data-passkey-unknown]").hidden = knowsPasskeys;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    askBrowser(form, document.querySelector("[data-passkey-fault]"));
  });
}
