// The protocol over HTTP, for a patchy network: an answer is kept in the outbox until the server
// has acknowledged it, and sent again until then. A retry that comes late does no harm: the same
// event counts once, and the highest seq of an item wins.

import { Outbox, browserStorage, randomEvent } from "./outbox.js";
import { Refusal } from "./refusal.js";

const PATIENCE = 15000;
const LONGEST_PAUSE = 30000;

// Attempts that a quiz of this page looks after; the others are sent by whoever comes first.
const attended = new Set();

export class HttpTransport {
  /**
   * `base` is the address of the site ("/" or "/prefix/"), `quiz` is "<lesson>/<quiz>", `member`
   * the id of the member for whom the page was made. `whoami` says who is signed in right now,
   * also when that changed in another tab; null where it cannot tell. `early` is what the page has
   * asked in our place before this script was there: a promise of {status, body} of the attempt.
   */
  constructor({ base, quiz, member, early, storage = browserStorage(), whoami = cookieMember }) {
    Object.assign(this, { base, quiz, member, early, whoami });
    this.outbox = new Outbox(storage, member);
    this.tell = () => {};
    this.attempt = null;
    this.seq = 0;
    this.failures = 0;
    this.offline = false;
    this.trouble = null;
    this.listening = false;
    this.wake = () => {
      if (document.visibilityState === "hidden" || !this.listening) return;
      this.failures = 0;
      this.flush();
    };
    window.addEventListener("online", this.wake);
    this.lost = () => this.report(true);
    window.addEventListener("offline", this.lost);
    document.addEventListener("visibilitychange", this.wake);
  }

  /** The opened attempt, with what still waits in the outbox in place of older answers. */
  async open({ fresh = false } = {}) {
    this.checkMember();
    const wish = fresh ? { quiz: this.quiz, new: true } : { quiz: this.quiz };
    const early = fresh ? null : this.early;
    this.early = null;
    const opened = await this.request("POST", "api/attempts", wish, early);
    attended.delete(this.attempt);
    this.attempt = opened.attempt;
    if (!this.attempt) return opened;
    attended.add(this.attempt);
    const answers = { ...opened.answers };
    for (const entry of this.outbox.entries(this.attempt)) {
      this.seq = Math.max(this.seq, entry.seq);
      const known = answers[entry.item];
      if (!known || known.seq < entry.seq) answers[entry.item] = { ...entry, pending: true };
    }
    this.seq = Math.max(this.seq, 0, ...Object.values(answers).map(({ seq }) => seq));
    this.trouble = null;
    this.offline = false;
    this.failures = 0;
    return { ...opened, answers };
  }

  /** Begin to send what waits, once somebody listens to what comes of it. */
  resume() {
    this.listening = true;
    this.report(false);
    return this.flush();
  }

  /** Keep the answer and send it; what came of it is told as "answered" or "refused". */
  answer(item, response) {
    this.seq += 1;
    this.outbox.put(this.attempt, item, {
      response,
      event: randomEvent(),
      seq: this.seq,
      answered_at: new Date().toISOString(),
    });
    this.report(this.offline);
    return this.flush();
  }

  async submit() {
    const refused = await this.flush();
    if (refused.length) throw refused[0];
    if (this.waits()) throw this.trouble || new Refusal("network", "", { passing: true });
    try {
      this.checkMember();
      return await this.request("POST", "api/attempts/" + this.attempt + "/submit", {});
    } catch (error) {
      this.block(error);
      this.report(error.code === "network");
      throw error;
    }
  }

  /** How many answers of this member wait on this device. */
  kept() {
    return this.outbox.entries().length;
  }

  waits() {
    return this.outbox.entries(this.attempt).length > 0;
  }

  /** Send all that waits, one after the other; resolves to the final refusals. */
  flush() {
    if (!this.running) {
      this.running = this.drain().finally(() => {
        this.running = null;
      });
    }
    return this.running;
  }

  async drain() {
    clearTimeout(this.timer);
    const refused = [];
    for (let entry = this.next(); entry; entry = this.next()) {
      try {
        this.checkMember();
        const body = await this.send(entry);
        this.acknowledge(entry, body);
      } catch (error) {
        if (error.passing || needsSignIn(error)) {
          this.pause(error);
          return refused;
        }
        this.outbox.remove(entry);
        refused.push(error);
        if (entry.attempt === this.attempt) this.tell({ type: "refused", item: entry.item, error });
      }
    }
    this.report(false);
    return refused;
  }

  next() {
    return this.outbox
      .entries()
      .find(({ attempt }) => attempt === this.attempt || !attended.has(attempt));
  }

  async send({ attempt, item, response, event, seq, answered_at }) {
    const path = "api/attempts/" + attempt + "/answers/" + encodeURIComponent(item);
    const body = await this.request("PUT", path, { response, event, seq, answered_at });
    if (!body.saved) throw new Refusal("network", "", { passing: true });
    return body;
  }

  acknowledge(entry, body) {
    this.failures = 0;
    this.trouble = null;
    this.outbox.remove(entry);
    const newer = this.outbox.entries(entry.attempt).some(({ item }) => item === entry.item);
    if (entry.attempt === this.attempt && !newer) this.tell({ type: "answered", item: entry.item, body });
    this.report(false);
  }

  /** Refuses to send under somebody else's session. */
  checkMember() {
    const now = this.whoami();
    if (now !== null && now !== this.member) throw new Refusal("member");
  }

  pause(error) {
    this.trouble = error;
    this.block(error);
    this.report(error.code === "network");
    if (error.passing) this.timer = setTimeout(() => this.flush(), this.patience(error));
  }

  /** How long to wait before the next try; not all phones of a company at the same moment. */
  patience({ after = 0 }) {
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** this.failures);
    this.failures += 1;
    return Math.max(after * (1 + Math.random() / 2), pause * (0.5 + Math.random() / 2));
  }

  block(error) {
    if (needsSignIn(error)) this.tell({ type: "signin", error, href: this.signInAddress() });
  }

  signInAddress() {
    const here = location.pathname + location.search + location.hash;
    return this.base + "login?next=" + encodeURIComponent(here);
  }

  report(offline) {
    this.offline = offline;
    const state = offline ? "offline" : this.waits() ? "unsaved" : "saved";
    this.tell({ type: "state", state, trouble: state === "saved" ? null : this.trouble });
  }

  async request(method, path, body, early) {
    const control = new AbortController();
    let timer;
    const patience = new Promise((_resolve, reject) => {
      timer = setTimeout(() => {
        control.abort();
        reject(new Refusal("network"));
      }, PATIENCE);
    });
    let answer;
    try {
      answer = await Promise.race([early || this.ask(method, path, body, control.signal), patience]);
    } catch {
      answer = null;
    } finally {
      clearTimeout(timer);
    }
    if (!answer) throw new Refusal("network", "", { passing: true });
    if (answer.status < 300 && answer.body) return answer.body;
    throw refusal(answer.status, (answer.body && answer.body.error) || {}, answer.after);
  }

  async ask(method, path, body, signal) {
    const response = await fetch(this.base + path, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") || "" },
      body: body && JSON.stringify(body),
      signal,
    });
    // The sign-in page of a hotel's network answers 200 too, but not in JSON.
    const after = 1000 * Number(response.headers.get("Retry-After"));
    return { status: response.status, body: await response.json().catch(() => null), after };
  }

  stop() {
    clearTimeout(this.timer);
    attended.delete(this.attempt);
    window.removeEventListener("online", this.wake);
    window.removeEventListener("offline", this.lost);
    document.removeEventListener("visibilitychange", this.wake);
  }
}

function needsSignIn({ code }) {
  return code === "signin" || code === "member";
}

/** `after`: milliseconds before which the server does not want to be asked again. */
function refusal(status, { code, message }, after) {
  if (status < 300) return new Refusal("network", message, { passing: true });
  if (status === 401) return new Refusal("signin", message);
  // The token of an old page; a quiz that is not open says so itself.
  if (status === 403 && code !== "not_open" && code !== "closed") return new Refusal("forbidden", message, { passing: true });
  if (status === 408 || status === 429 || status >= 500) {
    return new Refusal("busy", message, { passing: true, after: Math.min(after || 0, LONGEST_PAUSE) });
  }
  return new Refusal(code || "refused", message);
}

function cookie(name) {
  const found = new RegExp("(?:^|;\\s*)" + name + "=([^;]*)").exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : null;
}

/** The server keeps the member's id where scripts can read it; it opens nothing. */
function cookieMember() {
  return cookie("weike_member");
}
