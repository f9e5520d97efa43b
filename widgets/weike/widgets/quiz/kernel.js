// The protocol over widget messages: the quiz is answered in the notebook's own kernel.

import { randomEvent } from "./outbox.js";
import { Refusal } from "./refusal.js";

const PATIENCE = 15000;

export class KernelTransport {
  constructor(model) {
    this.model = model;
    this.waiting = new Map();
    this.sending = 0;
    this.seq = 0;
    this.tell = () => {};
    this.receive = this.receive.bind(this);
    model.on("msg:custom", this.receive);
  }

  async open({ fresh = false } = {}) {
    const opened = await this.ask("open", { new: fresh });
    this.attempt = opened.attempt;
    const known = Object.values(opened.answers).map(({ seq }) => seq);
    this.seq = Math.max(this.seq, 0, ...known);
    return opened;
  }

  /** What came of it is told as "answered" or "refused". */
  async answer(item, response) {
    this.seq += 1;
    const params = {
      attempt: this.attempt,
      item,
      response,
      event: randomEvent(),
      seq: this.seq,
      answered_at: new Date().toISOString(),
    };
    this.sending += 1;
    this.tell({ type: "state", state: "unsaved" });
    try {
      const body = await this.ask("answer", params);
      this.tell({ type: "answered", item, body });
    } catch (error) {
      this.tell({ type: "refused", item, error });
    }
    this.sending -= 1;
    if (!this.sending) this.tell({ type: "state", state: "saved" });
  }

  submit() {
    return this.ask("submit", { attempt: this.attempt });
  }

  ask(method, params) {
    const id = randomEvent();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(new Refusal("kernel"));
      }, PATIENCE);
      this.waiting.set(id, { resolve, reject, timer });
      this.model.send({ id, method, params });
    });
  }

  receive({ id, result, error }) {
    const request = this.waiting.get(id);
    if (!request) return;
    this.waiting.delete(id);
    clearTimeout(request.timer);
    if (error) request.reject(new Refusal(error.code, error.message));
    else request.resolve(result);
  }

  stop() {
    this.model.off("msg:custom", this.receive);
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
  }
}
