// One question: what is asked, the controls of its type, and what the server said to the answer.

import { drawFeedback, outcomeOf } from "./feedback.js";
import { fill, h, icon, put, show, unique } from "./dom.js";
import { typeOf } from "./types.js";
import { points } from "./words.js";

const IDLE = 800;

/**
 * `quiz` is told through {send(card, response), enter(card), drafted(), check(card)};
 * `atOnce` says that the rules give feedback at once (practice), `worth` whether to show points.
 */
export class Card {
  constructor(item, number, { t, lang, quiz, atOnce, worth }) {
    Object.assign(this, { id: item.item, item, number, t, lang, quiz, atOnce });
    this.sent = null;
    this.pending = false;
    this.feedback = null;
    this.locked = false;
    this.closed = false;
    const type = typeOf(item);
    this.missing = type.missing ? type.missing(t) : t("Choose or write an answer first.");
    this.controls = type.draw(item, this.context());
    this.element = this.draw(type, worth);
  }

  context() {
    return {
      t: this.t,
      lang: this.lang,
      changed: (kind) => this.changed(kind),
      enter: () => this.quiz.enter(this),
    };
  }

  draw(type, worth) {
    const { t, lang, item, controls } = this;
    const errorId = unique("error");
    this.legend = h("legend.wq-legend", { tabindex: "-1" },
      h("span.wq-meta", null,
        !this.silent && h("span.wq-number", null, t("Question {n}", { n: this.number })),
        type.label(t) && h("span.wq-kind", null, type.label(t)),
        worth && item.points > 0 && h("span.wq-worth", null, t("{n} pt", { n: points(item.points) }))),
      !controls.ownsStem && fill(h("span.wq-stem", { lang }), item, "html"));
    this.error = h("p.wq-error", { id: errorId, role: "alert", hidden: true });
    this.note = h("p.wq-note", { hidden: true });
    this.answer = h("div.wq-feedback", { tabindex: "-1", "aria-live": "polite", hidden: true });
    this.checkButton = h("button.wq-button.wq-primary.wq-check", {
      type: "button",
      onclick: () => this.quiz.check(this),
    }, t("Check"));
    const fieldset = h("fieldset.wq-question", { "aria-describedby": errorId },
      this.legend,
      type.hint && h("p.wq-hint", null, type.hint(t)),
      controls.element);
    return h("section.wq-card", null, fieldset, this.error, this.note, this.answer,
      h("div.wq-card-actions", null, this.checkButton));
  }

  /** There is nothing to answer. */
  get silent() {
    return Boolean(this.controls.silent);
  }

  get answered() {
    return this.silent || this.given && this.whole(this.sent);
  }

  /** The server knows at least a part of an answer. */
  get given() {
    return this.sent !== null && !same(this.sent, this.controls.empty);
  }

  /** Whether no part of an answer is missing, where a question has several. */
  whole(response) {
    return !this.controls.complete || this.controls.complete(response);
  }

  /** Picked or typed, and not sent yet. */
  get draft() {
    const response = this.controls.read();
    return !this.locked && response !== null && !same(response, this.sent);
  }

  /** What the server, or the outbox, already knows. */
  restore({ response, feedback, pending }) {
    this.controls.write(response);
    this.sent = response;
    if (feedback && !pending) this.judge(feedback);
    this.wait(Boolean(pending));
  }

  /** After the end: what was answered, and what is said to it. */
  review(response, feedback) {
    this.controls.write(response);
    this.sent = response;
    if (feedback) this.judge(feedback);
  }

  changed(kind) {
    this.say("");
    this.warned = false;
    clearTimeout(this.idle);
    this.quiz.drafted();
    if (this.atOnce) return;
    if (kind === "text") this.idle = setTimeout(() => this.save(), IDLE);
    else this.save();
  }

  /**
   * Send what stands there unless it is sent already; true when there was an answer. What the
   * server has refused goes again only on demand (`sure`).
   */
  save({ sure = false } = {}) {
    clearTimeout(this.idle);
    let response = this.controls.read();
    const withdrawn = response === null && this.given && this.controls.empty !== undefined;
    if (withdrawn) response = this.controls.empty;
    if (this.locked || response === null || same(response, this.sent)) return response !== null;
    if (!sure && same(response, this.refused)) return true;
    this.refused = null;
    this.sent = response;
    this.say("");
    this.wait(true);
    this.quiz.send(this, response);
    return true;
  }

  /** Asks for what is missing of an answer in parts: once, for it may be left out on purpose. */
  asksForMore() {
    const response = this.controls.read();
    if (this.warned || response === null || this.whole(response)) return false;
    this.warned = true;
    this.controls.focus();
    this.say(this.t("Some of the questions have no answer yet. Press Check again to leave them out."));
    return true;
  }

  wait(pending) {
    this.pending = pending;
    if (this.atOnce || this.closed) this.lock(pending || this.closed || this.feedback !== null);
    this.checkButton.textContent = pending ? this.t("Saving…") : this.t("Check");
  }

  lock(locked) {
    this.locked = locked;
    this.controls.lock(locked);
    show(this.checkButton, this.atOnce && !this.silent && !this.feedback && !this.closed);
  }

  /** No answer is taken any more. */
  close() {
    clearTimeout(this.idle);
    this.closed = true;
    this.say("");
    this.remark("");
    this.lock(true);
  }

  accept(body) {
    if (body.feedback) this.judge(body.feedback);
    this.wait(false);
    if (body.late) this.remark(this.t("This answer came after the time was up. It is kept, but does not count."));
  }

  refuse(message) {
    this.refused = this.sent;
    this.sent = null;
    this.wait(false);
    this.say(message);
  }

  judge(feedback) {
    if (this.silent) return;
    this.feedback = feedback;
    this.controls.mark(feedback);
    const again = this.atOnce && !this.closed && !feedback.correct;
    drawFeedback(this.answer, feedback, {
      t: this.t,
      lang: this.lang,
      answered: this.sent !== null,
      retry: again && (() => this.retry()),
    });
    this.lock(true);
  }

  retry() {
    this.feedback = null;
    this.sent = null;
    this.controls.mark(null);
    put(this.answer);
    show(this.answer, false);
    this.lock(false);
    this.quiz.drafted();
    this.controls.focus();
  }

  /** A sentence beside the controls that says what to mend. */
  say(message) {
    put(this.error, message && icon("unsaved"), message);
    show(this.error, Boolean(message));
    this.element.classList.toggle("wq-has-error", Boolean(message));
  }

  remark(message) {
    put(this.note, message && icon("note"), message);
    show(this.note, Boolean(message));
  }

  /** right, wrong, partial, noted; "" while nobody may know. */
  get outcome() {
    if (this.silent) return "noted";
    return this.feedback ? outcomeOf(this.feedback) : "";
  }
}

function same(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
