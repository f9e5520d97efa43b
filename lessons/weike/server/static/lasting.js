// On a page that Voilà draws, connections that last. Jupyter's scripts try seven times after a loss
// and then give up in silence. Here they get a connection that waits until the server answers,
// however long the phone has slept; the page says so, and says when the process behind is gone.

import { read } from "./live/read.js";

const GONE = 4404; // the code with which our server ends a connection without a process
const LONGEST = 30000;
const PATIENCE = 8000;
const ASLEEP = 20000;
const BEAT = 5000;

const Plain = window.WebSocket;
const data = document.currentScript.dataset;
const words = JSON.parse(data.words);
const kernel = data.base + "api/kernels/" + data.kernel;
let current = null; // the connection that is open, or waits
let lost = false;
let ended = false;
let heard = 0;
let working = true; // unless the process has said that it rests
// What was sent and not answered by "idle". A widget sends its next value only after that, so a
// word that was said while nobody heard it would keep the widget silent for ever.
const busy = new Map();

function say(text, state) {
  const bar = document.getElementById("weike-link");
  bar.querySelector("span").textContent = text;
  bar.querySelector("button").hidden = state !== "gone";
  bar.hidden = !text;
  bar.dataset.state = state;
}

function gone() {
  ended = true;
  say(words.rest, "gone");
}

class Lasting {
  /** Of Jupyter's two ways to write messages down, the one that is taken where none is asked for. */
  constructor(url) {
    this.url = url;
    this.protocol = this.extensions = "";
    this.binaryType = "blob";
    this.bufferedAmount = 0;
    this.readyState = 0;
    this.onopen = this.onmessage = this.onclose = this.onerror = null;
    this.tries = 0;
    current = this;
    if (lost) this.look();
    else this.connect();
  }

  connect() {
    const inner = new Plain(this.url);
    this.inner = inner;
    setTimeout(() => {
      if (inner.readyState === 0) this.drop(inner);
    }, PATIENCE);
    inner.onopen = (event) => {
      inner.binaryType = this.binaryType;
      this.protocol = inner.protocol;
      this.readyState = 1;
      working = true;
      const again = lost;
      if (lost) say(words.back, "back");
      lost = false;
      if (this.onopen) this.onopen(event);
      if (again) this.settle();
    };
    inner.onmessage = (event) => {
      heard = Date.now();
      const { header, parent_header: parent, content } = read(event.data);
      if (header.msg_type === "status") {
        working = content.execution_state === "busy";
        if (!working) busy.delete(parent.msg_id);
      }
      if (this.onmessage) this.onmessage(event);
    };
    inner.onclose = (event) => {
      if (this.inner !== inner || this.readyState === 3) return;
      this.inner = null;
      if (event.code === GONE) gone();
      else if (this.readyState === 1) this.end(event);
      else this.wait();
    };
  }

  /** Say "idle" for what was sent before the loss: the process has it, and comes to its end. */
  settle() {
    for (const parent of Array.from(busy.values())) {
      busy.delete(parent.msg_id);
      const header = { ...parent, msg_id: parent.msg_id + "-idle", msg_type: "status" };
      const content = { execution_state: "idle" };
      const message = { header, parent_header: parent, metadata: {}, content, channel: "iopub", buffers: [] };
      if (this.onmessage) this.onmessage({ data: JSON.stringify(message) });
    }
  }

  /** Whoever uses it asks for another one at once, and keeps until then what is to be sent. */
  end(event) {
    lost = true;
    say(words.lost, "lost");
    this.readyState = 3;
    if (this.onclose) this.onclose(event);
  }

  /** It is dead, whatever it says of itself. */
  drop(inner) {
    inner.onopen = inner.onmessage = inner.onclose = null;
    inner.close();
    if (this.inner !== inner || ended) return;
    this.inner = null;
    if (this.readyState === 1) this.end(new CloseEvent("close", { code: 1006 }));
    else if (this.readyState === 0) this.wait();
  }

  wait() {
    lost = true;
    say(words.lost, "lost");
    this.tries += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), Math.min(LONGEST, 500 * 2 ** this.tries));
  }

  look() {
    if (this.readyState !== 0 || ended || this.looking || this.inner) return;
    this.looking = true;
    clearTimeout(this.timer);
    fetch(kernel, { credentials: "same-origin" })
      .then((answer) => {
        this.looking = false;
        if (this.readyState !== 0) return;
        if (answer.ok) this.connect();
        else if (answer.status === 404) gone();
        else if (answer.status === 401) location.reload();
        else this.wait();
      })
      .catch(() => {
        this.looking = false;
        if (this.readyState === 0) this.wait();
      });
  }

  /** After a sleep a connection may look alive and be dead. */
  wake(slept) {
    if (ended) return;
    if (this.readyState === 0 && lost) {
      this.tries = 0;
      this.look();
    } else if (this.readyState === 1 && slept) {
      this.drop(this.inner);
    }
  }

  send(message) {
    const { header } = read(message);
    if (header.msg_type === "comm_msg") busy.set(header.msg_id, header);
    const inner = this.inner;
    const asked = Date.now();
    inner.send(message);
    // A process that rests says at once that it is busy.
    if (working) return;
    setTimeout(() => {
      if (this.inner === inner && this.readyState === 1 && heard < asked) this.drop(inner);
    }, PATIENCE);
  }

  close(code, reason) {
    clearTimeout(this.timer);
    this.readyState = 3;
    if (this.inner) this.inner.close(code, reason);
  }
}
Object.assign(Lasting, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 });
window.WebSocket = Lasting;

// A clock that stood still tells of a sleep; browsers slow the clocks of hidden pages down too.
let beat = Date.now();
const wake = () => {
  const slept = Date.now() - beat > ASLEEP;
  beat = Date.now();
  if (current) current.wake(slept);
};
setInterval(() => {
  if (document.visibilityState === "visible") wake();
}, BEAT);
addEventListener("online", wake);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") wake();
});

// The process ends with the page; a page that comes back out of the browser's memory starts anew.
addEventListener("pagehide", () => {
  const body = new FormData();
  body.append("_xsrf", (/(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie) || [])[1] || "");
  navigator.sendBeacon(data.base + "voila/api/shutdown/" + data.kernel, body);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
addEventListener("DOMContentLoaded", () => {
  document.querySelector("#weike-link button").addEventListener("click", () => location.reload());
});
