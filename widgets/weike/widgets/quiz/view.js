// The quiz as a whole: which question is shown, what the buttons do, where the focus goes.

import { Bar } from "./bar.js";
import { Card } from "./card.js";
import { Countdown } from "./clock.js";
import { h, put, show } from "./dom.js";
import { drawLoading, drawQuestionOpen, drawStart, drawTrouble } from "./panels.js";
import { Progress } from "./progress.js";
import { drawResult } from "./result.js";
import { sentence } from "./sentences.js";

const AGAIN = 8000;

export class QuizView {
  constructor(root, transport, { t, language }) {
    Object.assign(this, { root, transport, t });
    root.classList.add("weike-quiz");
    root.lang = language;
    this.cards = [];
    this.current = 0;
    this.moved = 0;
    this.phase = "loading";
    this.column = window.matchMedia("(min-width: 900px)");
    this.live = h("p.wq-sr", { "aria-live": "polite" });
    this.head = h("div.wq-head");
    this.body = h("div.wq-body");
    this.panel = h("div.wq-aside");
    this.clock = new Countdown({ t, announce: (text) => this.announce(text), ended: () => this.timeUp() });
    this.bar = new Bar({
      t,
      clock: this.clock.element,
      act: {
        back: () => this.go(this.current - 1),
        next: () => this.go(this.current + 1),
        check: () => this.check(this.cards[this.current]),
        submit: () => this.submit(),
        result: () => this.showResult(),
      },
    });
    put(root, this.head, this.body, this.panel, this.bar.element, this.live);
    this.turned = () => this.update();
    this.shown = () => document.visibilityState === "visible" ? this.resync() : this.saveTyped();
    this.column.addEventListener("change", this.turned);
    document.addEventListener("visibilitychange", this.shown);
    transport.tell = (event) => this.hear(event);
  }

  async load({ fresh = false, notice = "", focus = false } = {}) {
    this.enterPhase("loading");
    put(this.panel, drawLoading(this.t));
    try {
      this.opened = await this.transport.open({ fresh });
    } catch (error) {
      this.fail(error, () => this.load({ fresh, notice, focus: true }));
      return;
    }
    if (this.stopped) return;
    this.show(notice);
    if (this.transport.resume) this.transport.resume();
    if (focus) this.focusOn(this.focusTarget());
  }

  show(notice) {
    const { opened } = this;
    put(this.panel);
    this.drawHead();
    if (!opened.attempt) {
      put(this.panel, drawStart(this.t, opened, () => this.load({ fresh: true, focus: true })));
      this.enterPhase("start");
      return;
    }
    this.drawCards();
    if (opened.result) {
      this.finish(opened.result, notice);
      return;
    }
    if (opened.deadline) this.clock.start(opened.now, opened.deadline);
    this.current = Math.max(0, this.cards.findIndex((card) => !card.answered));
    this.enterPhase("answering");
  }

  drawHead() {
    const { opened } = this;
    put(this.head, h("h2.wq-title", null, opened.paper.title));
  }

  drawCards() {
    const { items } = this.opened.paper;
    const context = {
      t: this.t,
      quiz: this,
      atOnce: this.opened.rules.behaviour === "practice",
      worth: items.some(({ points }) => points !== 1),
    };
    this.cards = items.map((item, i) => new Card(item, i + 1, context));
    for (const card of this.cards) {
      const answer = this.opened.answers[card.item.item];
      if (answer) card.restore(answer);
    }
    this.progress = new Progress(this.t, { total: items.length, number: this.opened.number });
    put(this.body, this.progress.element, ...this.cards.map(({ element }) => element));
  }

  /** loading, start, answering, submitting, result, review or trouble */
  enterPhase(phase) {
    this.phase = phase;
    this.update();
  }

  update() {
    const { phase, cards, current } = this;
    const column = this.column.matches;
    const asked = phase === "answering" || phase === "submitting";
    const reviewed = phase === "review" || (phase === "result" && column && this.opened.result.items);
    this.root.classList.toggle("wq-column", column);
    this.root.dataset.phase = phase;
    show(this.body, Boolean(asked || reviewed));
    cards.forEach((card, i) => show(card.element, column || i === current));
    if (this.progress) this.progress.update(cards, column ? -1 : current);
    show(this.bar.element, asked || phase === "review");
    const done = cards.filter((card) => card.answered).length;
    this.bar.setCount(column && asked ? this.t("{n} of {total} answered", { n: done, total: cards.length }) : "");
    this.bar.offer(this.steps(column), { primary: this.primary, busy: phase === "submitting" });
    if (asked) this.bar.setState(this.savedState());
  }

  /** The buttons that make sense now; sets which one is primary. */
  steps(column) {
    const { cards, current } = this;
    const last = current === cards.length - 1;
    if (this.phase === "review") {
      this.primary = "result";
      return column ? ["result"] : [current > 0 && "back", "result", !last && "next"];
    }
    const card = cards[current];
    const check = !column && card && card.atOnce && !card.feedback;
    this.primary = check ? "check" : last || column ? "submit" : "next";
    return column ? ["submit"] : [current > 0 && "back", check && "check", last ? "submit" : "next"];
  }

  savedState() {
    const drafts = this.cards.some((card) => card.draft);
    return this.state === "offline" ? "offline" : drafts || this.state === "unsaved" ? "unsaved" : "saved";
  }

  // What the cards ask for ------------------------------------------------------------------

  send(card, response) {
    this.moved = 0;
    this.transport.answer(card.item.item, response);
    this.update();
  }

  drafted() {
    this.update();
  }

  /** 确定: send, and wait for the feedback. */
  check(card) {
    if (this.phase !== "answering" || card.pending || card.feedback) return;
    if (card.save({ sure: true })) {
      this.waitingFor = card;
    } else {
      card.say(this.t("Choose or write an answer first."));
      card.controls.focus();
    }
  }

  /** Enter in a text field. */
  enter(card) {
    if (card.atOnce) {
      this.check(card);
      return;
    }
    card.save();
    const next = this.cards[card.number];
    if (next && this.phase === "answering") this.go(card.number);
  }

  go(index) {
    if (index < 0 || index >= this.cards.length) return;
    if (this.cards[this.current] && !this.cards[this.current].atOnce) this.cards[this.current].save();
    put(this.panel);
    this.current = index;
    this.moved = Date.now();
    this.update();
    this.focusOn(this.cards[index].legend);
  }

  // What the transport tells ----------------------------------------------------------------

  hear(event) {
    if (this.stopped) return;
    if (event.type === "state") this.heardState(event);
    else if (event.type === "signin") this.heardSignIn(event);
    else this.heardAnswer(event, this.cards.find((card) => card.item.item === event.item));
  }

  heardState({ state, trouble }) {
    const { t } = this;
    if (state !== this.state && (state === "offline" || this.state === "offline")) {
      this.announce(state === "offline" ? t("Offline") : t("Connected again"));
    }
    this.state = state;
    if (state === "offline") this.bar.tell(t("No connection. Your answers are kept on this device and are sent as soon as there is one."));
    else if (trouble && trouble.passing) this.bar.tell(sentence(t, trouble));
    else if (state === "saved") this.bar.tell("");
    this.update();
    if (state === "saved" && this.resubmit) this.submit(true);
  }

  heardSignIn({ error, href }) {
    this.bar.tell(sentence(this.t, error), { href, text: this.t("Sign in") });
    this.announce(sentence(this.t, error));
  }

  heardAnswer({ type, body, error }, card) {
    if (!card) return;
    const expected = this.waitingFor === card;
    if (expected) this.waitingFor = null;
    if (type === "refused") {
      this.heardRefusal(error, card);
      return;
    }
    card.accept(body);
    this.update();
    if (body.late && this.phase === "result") {
      this.notice = card.note.textContent;
      this.drawResult();
    }
    if (!body.feedback) return;
    if (expected && this.isShown(card)) this.focusOn(card.answer);
    else this.announce(this.t("Question {n}", { n: card.number }) + ": " + card.answer.textContent);
  }

  heardRefusal(error, card) {
    if (error.code === "submitted" || error.code === "closed") {
      this.load({ notice: this.t("The quiz was already submitted. Your last change does not count."), focus: true });
      return;
    }
    card.refuse(sentence(this.t, error));
    this.update();
    if (this.isShown(card) && !this.typingElsewhere(card)) card.controls.focus();
  }

  typingElsewhere(card) {
    const active = document.activeElement;
    return active && active.matches("input, textarea") && !card.element.contains(active);
  }

  isShown(card) {
    return this.phase === "answering" && (this.column.matches || this.cards[this.current] === card);
  }

  // Submitting and the result ---------------------------------------------------------------

  async submit(sure = false) {
    // The button stands where 下一题 stood a moment ago.
    if (this.phase === "submitting" || (!sure && Date.now() - this.moved < 400)) return;
    this.forgetResubmit();
    for (const card of this.cards) card.save();
    const open = this.cards.filter((card) => !card.answered);
    if (open.length && !sure) {
      this.ask(open);
      return;
    }
    put(this.panel);
    this.enterPhase("submitting");
    this.announce(this.t("Submitting…"));
    try {
      const result = await this.transport.submit();
      this.finish(result, "");
      this.focusOn(this.panel.firstElementChild);
      this.root.dispatchEvent(new CustomEvent("weike:submitted", { bubbles: true, detail: result }));
      this.learnWhatIsNext();
    } catch (error) {
      this.notSubmitted(error);
    }
  }

  ask(open) {
    const panel = drawQuestionOpen(this.t, open, {
      go: (card) => this.go(card.number - 1),
      submit: () => this.submit(true),
      close: () => this.go(open[0].number - 1),
    });
    put(this.panel, panel);
    this.focusOn(panel);
  }

  notSubmitted(error) {
    if (error.code === "submitted" || error.code === "closed") {
      this.load({ focus: true });
      return;
    }
    this.enterPhase("answering");
    const wrong = this.cards.find((card) => !card.error.hidden);
    if (wrong) {
      this.go(wrong.number - 1);
      wrong.controls.focus();
      return;
    }
    const message = this.t("Not submitted yet.") + " " + sentence(this.t, error);
    put(this.panel, drawTrouble(this.t, { message, retry: () => this.submit(true) }));
    if (!error.passing) return;
    this.resubmit = setTimeout(() => this.submit(true), AGAIN);
  }

  forgetResubmit() {
    clearTimeout(this.resubmit);
    this.resubmit = null;
  }

  finish(result, notice) {
    this.clock.stop();
    this.opened = { ...this.opened, result };
    for (const card of this.cards) card.close();
    for (const { item, response, feedback } of result.items || []) {
      const card = this.cards.find((one) => one.item.item === item);
      if (!card) continue;
      card.controls.write(response);
      card.sent = response;
      if (feedback) card.judge(feedback);
    }
    this.notice = notice;
    this.drawResult();
    this.enterPhase("result");
  }

  drawResult() {
    put(this.panel, drawResult(this.t, this, {
      go: (card) => this.review(card),
      again: () => this.load({ fresh: true, focus: true }),
    }));
  }

  /** How many attempts are left is known only after the submission. */
  async learnWhatIsNext() {
    try {
      const opened = await this.transport.open();
      if (this.phase !== "result" || opened.attempt !== this.opened.attempt || !opened.result) return;
      const focused = this.panel.contains(document.activeElement);
      this.opened = opened;
      this.drawResult();
      if (focused) this.focusOn(this.panel.firstElementChild);
    } catch {
      // The result is there; another attempt will ask the server anyway.
    }
  }

  review(card) {
    this.current = card.number - 1;
    show(this.panel, this.column.matches);
    this.enterPhase("review");
    this.focusOn(card.legend);
  }

  showResult() {
    show(this.panel, true);
    this.enterPhase("result");
    this.focusOn(this.panel.firstElementChild);
  }

  // Time ------------------------------------------------------------------------------------

  async timeUp() {
    const { t } = this;
    this.saveTyped();
    for (const card of this.cards) card.close();
    this.announce(t("Time is up."));
    put(this.panel, drawLoading(t));
    for (let tries = 0; tries < 5 && !this.stopped; tries += 1) {
      // The server's last second may be a little longer than ours.
      await new Promise((resolve) => setTimeout(resolve, 1000));
      try {
        this.opened = await this.transport.open();
      } catch (error) {
        this.fail(error, () => this.timeUp());
        return;
      }
      if (this.opened.result) break;
    }
    this.show(t("Time is up. What was saved has been submitted."));
    this.focusOn(this.focusTarget());
  }

  saveTyped() {
    for (const card of this.cards) if (!card.atOnce) card.save();
  }

  /** A phone that slept has lost count. */
  async resync() {
    if (this.phase !== "answering" || !this.opened.deadline) return;
    try {
      const opened = await this.transport.open();
      if (this.phase !== "answering") return;
      if (opened.result) {
        this.opened = opened;
        this.show(this.t("Time is up. What was saved has been submitted."));
      } else if (opened.deadline) {
        this.clock.start(opened.now, opened.deadline);
      }
    } catch {
      // Offline: the countdown goes on as it was.
    }
  }

  // Small things ----------------------------------------------------------------------------

  fail(error, retry) {
    const { t, transport } = this;
    const kept = transport.kept ? transport.kept() : 0;
    const href = error.code === "signin" ? transport.signInAddress() : "";
    put(this.panel, drawTrouble(t, { message: sentence(t, error), kept, href, retry }));
    this.enterPhase("trouble");
    if (error.code === "network") window.addEventListener("online", retry, { once: true });
  }

  focusTarget() {
    if (this.phase === "answering") return this.cards[this.current].legend;
    return this.panel.firstElementChild;
  }

  /** Move the focus and bring its beginning into view, below whatever the page has on top. */
  focusOn(element) {
    if (!element) return;
    if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
    element.focus({ preventScroll: true });
    const top = element.classList.contains("wq-legend") && !this.column.matches ? this.root : element;
    const { top: y, bottom } = top.getBoundingClientRect();
    const free = window.innerHeight - this.bar.element.offsetHeight;
    if (y < 0 || bottom > free) top.scrollIntoView({ block: bottom - y > free || y < 0 ? "start" : "center" });
  }

  announce(text) {
    this.live.textContent = text;
  }

  stop() {
    this.stopped = true;
    this.forgetResubmit();
    this.clock.stop();
    this.column.removeEventListener("change", this.turned);
    document.removeEventListener("visibilitychange", this.shown);
    this.transport.stop();
    put(this.root);
  }
}
