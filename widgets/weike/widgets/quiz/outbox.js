// Answers that the server has not acknowledged yet. They live in localStorage, one key for each
// answer, so that two tabs never overwrite each other's; in memory where storage is refused.

const PREFIX = "weike:";

export class Outbox {
  constructor(storage, member) {
    this.storage = storage;
    this.prefix = PREFIX + member + ":";
    this.memory = new Map();
  }

  put(attempt, item, entry) {
    const key = this.prefix + attempt + ":" + item;
    try {
      this.storage.setItem(key, JSON.stringify(entry));
      this.memory.delete(key);
    } catch {
      this.memory.set(key, entry);
    }
  }

  /** Take away the answer with this event; a newer answer to the same item stays. */
  remove({ attempt, item, event }) {
    const key = this.prefix + attempt + ":" + item;
    const kept = this.read(key, attempt, item);
    if (!kept || kept.event !== event) return;
    this.memory.delete(key);
    try {
      this.storage.removeItem(key);
    } catch {
      // Storage was refused, then it held nothing.
    }
  }

  /** What waits, oldest first; of one attempt if it is named. */
  entries(attempt) {
    const found = [];
    for (const key of new Set([...this.storedKeys(), ...this.memory.keys()])) {
      const rest = key.slice(this.prefix.length);
      const colon = rest.indexOf(":");
      const entry = colon > 0 && this.read(key, rest.slice(0, colon), rest.slice(colon + 1));
      if (entry && (!attempt || entry.attempt === attempt)) found.push(entry);
    }
    return found.sort((a, b) => a.seq - b.seq);
  }

  storedKeys() {
    try {
      const keys = [];
      for (let i = 0; i < this.storage.length; i += 1) keys.push(this.storage.key(i));
      return keys.filter((key) => key.startsWith(this.prefix));
    } catch {
      return [];
    }
  }

  read(key, attempt, item) {
    if (this.memory.has(key)) return { ...this.memory.get(key), attempt, item };
    let text = null;
    try {
      text = this.storage.getItem(key);
      const entry = JSON.parse(text);
      if (entry && Number.isInteger(entry.seq) && typeof entry.event === "string" && "response" in entry) {
        return { ...entry, attempt, item };
      }
    } catch {
      // Broken JSON is handled like a wrong shape, below.
    }
    if (text !== null) this.storage.removeItem(key);
    return null;
  }
}

/** localStorage, or null where the browser refuses even to name it. */
export function browserStorage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** 128 random bits in hex; crypto.randomUUID() is missing on plain-http pages. */
export function randomEvent() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
