// Keeps what is not saved yet on this device: encrypted with a key that only pages of its person
// bring along, for a week, and not beyond signing out (the server has the browser clear it).

const PREFIX = "s11audit-draft/";
const KEPT_FOR = 7 * 24 * 60 * 60 * 1000;
const TAB = "s11audit-tab";
const LETS_GO = 2_000;

const toBytes = (text) => {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
};

const toText = (buffer) => {
  let plain = "";
  for (const byte of new Uint8Array(buffer)) plain += String.fromCharCode(byte);
  return btoa(plain);
};

const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

const held = (name) => JSON.parse(localStorage.getItem(name));

const forgetOld = () => {
  for (const name of names()) {
    if (Date.now() - held(name).at > KEPT_FOR) localStorage.removeItem(name);
  }
};

// Two tabs with the same page keep a draft each.
const thisTab = () => {
  const tab = sessionStorage.getItem(TAB) ?? crypto.randomUUID();
  sessionStorage.setItem(TAB, tab);
  return tab;
};

// Whether no open page works on a draft; one that was closed just now lets go of it soon.
const isLeftBehind = (name) => {
  const options = { signal: AbortSignal.timeout(LETS_GO) };
  return navigator.locks.request(name, options, () => true).catch(() => false);
};

class Drafts {
  constructor(page, key) {
    this.page = `${PREFIX}${page}/`;
    this.name = this.page + thisTab();
    this.key = key;
    this.writing = Promise.resolve();
  }

  // For as long as this page lives, no other tab takes its draft for one that was left behind.
  claim() {
    navigator.locks.request(this.name, { ifAvailable: true }, () => new Promise(() => {}));
  }

  // One after the other, so that an older text never comes to lie over a newer one.
  keep(content) {
    this.writing = this.writing.then(() => this.write(content)).catch(() => false);
    return this.writing;
  }

  async write(content) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(content));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, text);
    const draft = { at: Date.now(), iv: toText(iv), sealed: toText(sealed) };
    localStorage.setItem(this.name, JSON.stringify(draft));
    return true;
  }

  forget() {
    this.writing = this.writing.then(() => localStorage.removeItem(this.name));
    return this.writing;
  }

  // The newest draft of this page that no other tab is working on: {at, content}, or null.
  async takeOver() {
    const ofPage = names().filter((name) => name.startsWith(this.page));
    for (const name of ofPage.sort((one, other) => held(other).at - held(one).at)) {
      if (name === this.name || (await isLeftBehind(name))) return this.take(name);
    }
    return null;
  }

  async take(name) {
    const { at, iv, sealed } = held(name);
    const content = await this.opened(toBytes(iv), toBytes(sealed));
    if (name !== this.name && content) await this.write(content);
    if (name !== this.name || !content) localStorage.removeItem(name);
    return content && { at, content };
  }

  async opened(iv, sealed) {
    try {
      const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.key, sealed);
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      return null; // closed with another key
    }
  }
}

// The drafts of one page of one person; null where the browser cannot encrypt or keeps nothing.
export const openDrafts = async (page, keyText) => {
  try {
    forgetOld();
    const raw = toBytes(keyText);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    return new Drafts(page, key);
  } catch {
    return null;
  }
};

// What this tab kept of a page is settled in another way.
export const forgetDraft = (page) => localStorage.removeItem(`${PREFIX}${page}/${thisTab()}`);
