// Saves by itself a moment after each change. What the server has not acknowledged is kept in the
// browser's storage; a save whose answer was lost is sent again as it was, so that it counts once.

import { ask } from "./server.js";

const PAUSE = 900;
const LONGEST_PAUSE = 30000;

export class Saver {
  /**
   * `read()` gives the document as it stands; `tell(state, error)` is told "saved", "unsaved",
   * "offline", "conflict" or "refused"; `acknowledged(answer, blocks)` what the server made of it.
   */
  constructor({ address, name, hash, read, tell, acknowledged }) {
    Object.assign(this, { address, name, hash, read, tell, acknowledged });
    const tab = crypto.getRandomValues(new Uint32Array(1))[0].toString(36);
    this.own = name + ":" + tab; // of this visit alone: another tab has words of its own
    this.taken = null;
    this.sent = null;
    this.dirty = false;
    this.stopped = false;
    this.failures = 0;
    window.addEventListener("online", () => this.again());
    window.addEventListener("offline", () => this.dirty && this.tell("offline"));
    document.addEventListener("visibilitychange", () => this.dirty && this.flush());
    window.addEventListener("beforeunload", (event) => {
      if (!this.dirty) return;
      this.flush();
      event.preventDefault();
      event.returnValue = "";
    });
  }

  changed() {
    this.dirty = true;
    this.keep();
    if (this.stopped) return;
    if (this.failures === 0) this.tell("unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  keep() {
    try {
      window.localStorage.setItem(this.own, JSON.stringify({ hash: this.hash, document: this.read().document, at: Date.now() }));
    } catch {
      // Without storage the page itself still holds it.
    }
  }

  /** What earlier visits and other tabs could not save, the newest last. */
  kept() {
    const found = [];
    try {
      for (const key of Object.keys(window.localStorage)) {
        if (!key.startsWith(this.name + ":")) continue;
        const text = window.localStorage.getItem(key);
        const record = JSON.parse(text);
        if (record && typeof record.hash === "string" && record.document && Array.isArray(record.document.blocks)) {
          found.push({ ...record, key, text });
        }
      }
    } catch {
      // A storage that cannot be read holds nothing.
    }
    return found.sort((a, b) => a.at - b.at);
  }

  /** The server has it all. */
  forget() {
    try {
      window.localStorage.removeItem(this.own);
    } catch {
      // Then it held nothing.
    }
    if (this.taken) this.drop(this.taken);
    this.taken = null;
  }

  /** Take a record out of the storage, unless the tab that it belongs to has written on. */
  drop({ key, text }) {
    try {
      if (window.localStorage.getItem(key) === text) window.localStorage.removeItem(key);
    } catch {
      // Then it held nothing.
    }
  }

  /** Have the server keep a version in the history without putting it in the place of another. */
  async setAside(record) {
    try {
      await ask("PUT", this.address, { expected: "", document: record.document });
    } catch (error) {
      if (error.code !== "changed") {
        if (record.key) return;
        throw error;
      }
    }
    if (record.key) this.drop(record);
  }

  again() {
    this.failures = 0;
    if (this.dirty) this.flush();
  }

  /** Resolves when everything is saved or nothing can be done now. */
  flush() {
    clearTimeout(this.timer);
    if (!this.running) {
      this.running = this.send().finally(() => {
        this.running = null;
      });
    }
    return this.running;
  }

  async send() {
    while (this.dirty && !this.stopped) {
      if (!this.sent) {
        const { document, blocks } = this.read();
        this.sent = { body: JSON.stringify(document), document, blocks };
      }
      try {
        const answer = await ask("PUT", this.address, { expected: this.hash, document: this.sent.document });
        this.done(answer);
      } catch (error) {
        if (!this.failed(error)) return;
      }
    }
  }

  done(answer) {
    const { body, blocks } = this.sent;
    this.sent = null;
    this.failures = 0;
    this.hash = answer.hash;
    const more = JSON.stringify(this.read().document) !== body;
    this.acknowledged(answer, blocks);
    this.dirty = more;
    if (more) this.keep();
    else this.forget();
    this.tell(more ? "unsaved" : "saved");
  }

  /** Whether to go on at once. */
  failed(error) {
    if (error.passing) {
      this.tell("offline");
      const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures);
      this.failures += 1;
      this.timer = setTimeout(() => this.flush(), pause);
      return false;
    }
    this.sent = null;
    this.stopped = error.code === "changed" || error.code === "gone";
    this.tell(this.stopped ? "conflict" : "refused", error);
    return false;
  }

  /** Go on from a file that somebody else has written. */
  follow(hash) {
    this.hash = hash;
    this.sent = null;
    this.stopped = false;
  }
}
