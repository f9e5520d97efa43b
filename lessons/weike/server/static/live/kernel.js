// A member's own process: fetched when something is touched, kept connected, or said to be gone.

import { cookie } from "../site.js";
import { read } from "./read.js";

const VERSION = "1.0.0"; // of what is said to all widgets at once
const GONE = 4404;
const CROWDED = 4429; // further pages of the same member have come
const LONGEST = 30000;
const PATIENCE = 5000;
const OPENS = 10000;
const ASLEEP = 20000;

function id() {
  let text = "";
  for (let n = 0; n < 32; n++) text += Math.floor(Math.random() * 16).toString(16);
  return text;
}

export class Kernel {
  /** `on` is told `message`, `state` (starting, ready, lost, back, gone, failed, full) and text. */
  constructor({ base, slug, attach, on }) {
    this.base = base;
    this.slug = slug;
    this.address = attach || base + "api/lessons/" + slug + "/kernel"; // a preview has its own
    this.on = on;
    this.id = null;
    this.socket = null;
    this.session = id();
    this.tries = 0;
    this.heard = 0;
    this.starting = false;
    const wake = () => this.wake();
    addEventListener("online", wake);
    addEventListener("pageshow", wake);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") wake();
    });
  }

  get ready() {
    return this.socket !== null && this.socket.readyState === 1;
  }

  /** The number of the process that this browser had last. */
  get remembered() {
    try {
      return sessionStorage.getItem("weike-live-" + this.slug);
    } catch {
      return null;
    }
  }

  set remembered(value) {
    try {
      if (value) sessionStorage.setItem("weike-live-" + this.slug, value);
      else sessionStorage.removeItem("weike-live-" + this.slug);
    } catch {
      // Without storage, what was set is found again as long as the page lives.
    }
  }

  async attach() {
    if (this.starting || this.id) return;
    clearTimeout(this.timer);
    this.starting = true;
    this.wanted = true;
    this.began = Date.now();
    this.asking = new AbortController();
    this.on.state("starting");
    try {
      const answer = await fetch(this.address, {
        method: "POST",
        credentials: "same-origin",
        signal: this.asking.signal,
        headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") || "" },
        body: "{}",
      });
      const body = await answer.json();
      if (answer.ok) {
        this.id = this.remembered = body.kernel;
        this.found = body;
        this.wanted = false;
        this.connect();
      } else if (body.error.code === "full") {
        this.on.state("full", body.error.message);
        const seconds = Number(answer.headers.get("Retry-After")) || 4;
        this.timer = setTimeout(() => this.attach(), 1000 * seconds);
      } else {
        this.wanted = false;
        this.on.state("failed", body.error.message);
      }
    } catch {
      this.on.state("lost");
      this.timer = setTimeout(() => this.attach(), this.pause());
    } finally {
      this.starting = false;
    }
  }

  pause() {
    this.tries += 1;
    return Math.min(LONGEST, 500 * 2 ** this.tries);
  }

  connect() {
    const host = this.base + "api/kernels/" + this.id + "/channels?session_id=" + this.session;
    const socket = new WebSocket(location.origin.replace(/^http/, "ws") + host);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    setTimeout(() => {
      if (socket.readyState === 0) this.drop(socket);
    }, OPENS);
    socket.onopen = () => {
      this.tries = 0;
      this.heard = Date.now();
      this.on.open(this.found);
    };
    socket.onmessage = (event) => {
      this.heard = Date.now();
      this.on.message(read(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (event.code === GONE) this.gone();
      else if (event.code === CROWDED) this.again(LONGEST); // sooner, pages would chase each other
      else this.again();
    };
  }

  /** The connection is gone: the process may be there still. */
  again(pause = this.pause()) {
    this.on.state("lost");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), pause);
  }

  /** It is dead, whatever it says of itself. */
  drop(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    if (this.socket !== socket) return;
    this.socket = null;
    this.again();
  }

  async look() {
    if (!this.id || this.socket || this.looking) return;
    clearTimeout(this.timer);
    this.looking = true;
    try {
      const answer = await fetch(this.base + "api/kernels/" + this.id, { credentials: "same-origin" });
      if (answer.ok) this.connect();
      else if (answer.status === 404) this.gone();
      else if (answer.status === 401) location.reload();
      else this.again();
    } catch {
      this.again();
    } finally {
      this.looking = false;
    }
  }

  gone() {
    this.id = this.found = this.remembered = null;
    this.tries = 0;
    this.on.state("gone");
  }

  /** After a sleep a connection may look alive and be dead: ask, and do not wait for long. */
  wake() {
    if (!this.id) {
      if (!this.wanted) return;
      if (this.starting && Date.now() - this.began > PATIENCE) this.asking.abort();
      else this.attach();
    } else if (!this.ready) {
      this.tries = 0;
      if (this.socket) this.drop(this.socket);
      this.look();
    } else if (Date.now() - this.heard > ASLEEP) {
      this.send("kernel_info_request", {});
      this.doubt();
    }
  }

  /** Something was asked: a process that rests says at once that it is busy. */
  doubt() {
    const socket = this.socket;
    const asked = Date.now();
    setTimeout(() => {
      if (this.socket === socket && this.heard < asked) this.drop(socket);
    }, PATIENCE);
  }

  /** The message's own number, by which answers name it. */
  send(kind, content, metadata = {}) {
    const number = id();
    const header = {
      msg_id: number,
      msg_type: kind,
      session: this.session,
      username: "",
      version: "5.3",
      date: new Date().toISOString(),
    };
    const message = { header, parent_header: {}, metadata, content, channel: "shell", buffers: [] };
    this.socket.send(JSON.stringify(message));
    return number;
  }

  open(target) {
    const comm = id();
    this.send("comm_open", { comm_id: comm, target_name: target, data: {} }, { version: VERSION });
    return comm;
  }
}
