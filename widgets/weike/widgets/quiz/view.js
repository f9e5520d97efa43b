// The quiz as a whole: which question is shown, what the buttons do, where the focus goes.

import { Bar } from "./bar.js";
import { Card } from "./card.js";
import { Countdown } from "./clock.js";
import { h, put, show } from "./dom.js";
import { Ending } from "./ending.js";
import { outcomeWord } from "./feedback.js";
import { focusOn } from "./focus.js";
import { drawLoading, drawStart, drawTrouble } from "./panels.js";
import { Progress } from "./progress.js";
import { sentence } from "./sentences.js";
import { stepsOf } from "./steps.js";

export class QuizView {
  constructor(root, transport, { t, language }) {
    Object.assign(this, { root, transport, t });
    root.classList.add("weike-quiz");
    // The lesson may speak another language than the words around it.
    const around = root.parentElement && root.parentElement.closest("[lang]");
    this.lang = around && around.lang !== language ? around.lang : null;
    root.lang = language;
    this.cards = [];
    this.current = 0;
    this.phase = "loading";
    this.asking = false;
    this.column = window.matchMedia("(min-width: 900px)");
    this.live = h("p.wq-sr", { "aria-live": "polite" });
    this.head = h("div.wq-head");
    this.body = h("div.wq-body");
    this.panel = h("div.wq-aside");
    this.ending = new Ending(this);
    this.clock = new Countdown({
      t,
      announce: (text) => this.announce(text),
      ended: () => this.ending.timeUp(),
    });
    this.bar = new Bar({
      t,
      clock: this.clock.element,
      act: {
        back: () => this.go(this.current - 1),
        next: () => this.go(this.current + 1),
        check: () => this.check(this.cards[this.current]),
        submit: () => this.ending.submit(),
        result: () => this.ending.showResult(),
      },
    });
    put(root, this.head, this.body, this.panel, this.bar.element, this.live);
    this.turned = () => this.update();
    this.shown = () => this.seenAgain(document.visibilityState === "visible");
    this.online = () => this.phase === "trouble" && this.retry();
    this.column.addEventListener("change", this.turned);
    window.addEventListener("online", this.online);
    document.addEventListener("visibilitychange", this.shown);
    transport.tell = (event) => this.hear(event);
  }

  async load({ fresh = false, notice = "", focus = false } = {}) {
    this.enterPhase("loading");
    this.setPanel(drawLoading(this.t));
    try {
      this.opened = await this.transport.open({ fresh });
    } catch (error) {
      // What is refused for good is not asked for again: back to what there is.
      this.fail(error, () => this.load({ fresh: fresh && error.passing, notice, focus: true }));
      return;
    }
    if (this.stopped) return;
    this.show(notice);
    if (this.transport.resume) this.transport.resume();
    if (focus) this.focusOn(this.focusTarget());
  }

  show(notice) {
    const { opened } = this;
    this.setPanel(null);
    put(this.head, h("h2.wq-title", { lang: this.lang }, opened.paper.title),
      opened.mode === "makeup" && h("p.wq-muted.wq-makeup", null, this.t("Make-up test")));
    if (!opened.attempt) {
      this.setPanel(drawStart(this.t, opened, () => this.load({ fresh: true, focus: true })));
      this.enterPhase("start");
      return;
    }
    this.drawCards();
    if (opened.result) {
      this.ending.finish(opened.result, notice);
      return;
    }
    if (opened.deadline) this.clock.start(opened.now, opened.deadline);
    this.current = Math.max(0, this.cards.findIndex((card) => !card.answered));
    this.enterPhase("answering");
  }

  drawCards() {
    const { items } = this.opened.paper;
    const context = {
      t: this.t,
      lang: this.lang,
      quiz: this,
      atOnce: this.opened.rules.behaviour === "practice",
      worth: items.some(({ points }) => points !== 1),
    };
    this.cards = items.map((item, i) => new Card(item, i + 1, context));
    for (const card of this.cards) {
      const answer = this.opened.answers[card.id];
      if (answer) card.restore(answer);
    }
    this.progress = new Progress(this.t, { total: items.length, number: this.opened.number });
    put(this.body, this.progress.element, ...this.cards.map(({ element }) => element));
  }

  /** What stands below the questions, or in their place; `asking` when it has buttons of its own. */
  setPanel(panel, { asking = false } = {}) {
    put(this.panel, panel);
    show(this.panel, true);
    this.asking = asking;
    this.update();
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
    const offline = this.state === "offline";
    const steps = stepsOf({ phase, asking: this.asking, column, cards, current, offline });
    this.bar.offer(steps, { busy: phase === "submitting" });
    if (asked) this.bar.setState(this.savedState());
  }

  savedState() {
    const drafts = this.cards.some((card) => card.draft);
    return this.state === "offline" ? "offline" : drafts || this.state === "unsaved" ? "unsaved" : "saved";
  }

  // What the cards ask for ------------------------------------------------------------------

  send(card, response) {
    this.ending.settled();
    this.transport.answer(card.id, response);
    this.update();
  }

  drafted() {
    this.update();
  }

  /** 确定: send, and wait for the feedback. */
  check(card) {
    if (this.phase !== "answering" || card.pending || card.feedback) return;
    if (card.asksForMore()) return;
    if (card.save({ sure: true })) {
      this.waitingFor = card;
    } else {
      card.say(card.missing);
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
    this.current = index;
    this.ending.justMoved();
    if (this.phase === "review") this.update();
    else this.setPanel(null);
    this.focusOn(this.cards[index].legend);
  }

  // What the transport tells ----------------------------------------------------------------

  hear(event) {
    if (this.stopped) return;
    if (event.type === "state") this.heardState(event);
    else if (event.type === "signin") this.heardSignIn(event);
    else this.heardAnswer(event, this.cardOf(event.item));
  }

  heardState({ state, trouble }) {
    const { t } = this;
    if (state !== this.state && (state === "offline" || this.state === "offline")) {
      this.announce(state === "offline" ? t("Offline") : t("Connected again"));
    }
    this.state = state;
    if (state === "offline") this.bar.tell(t("No connection. Your answers are kept on this device and will be sent."));
    else if (trouble && trouble.passing) this.bar.tell(sentence(t, trouble));
    else if (state === "saved") this.bar.tell("");
    this.update();
    if (state === "saved") this.ending.connected();
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
    if (body.late && this.phase === "result") this.ending.late(card.note.textContent);
    if (!body.feedback) return;
    if (expected && this.isShown(card)) this.focusOn(card.answer);
    else this.announce(this.t("Question {n}", { n: card.number }) + " " + outcomeWord(this.t, card.outcome));
  }

  heardRefusal(error, card) {
    if (error.code === "submitted" || error.code === "closed") {
      const notice = this.t("The quiz was already submitted. Your last change does not count.");
      this.load({ notice, focus: true });
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

  // Small things ----------------------------------------------------------------------------

  fail(error, again) {
    const { t, transport } = this;
    const retry = error.code === "closed" ? null : again; // for good
    const kept = transport.kept ? transport.kept() : 0;
    const href = error.code === "signin" ? transport.signInAddress() : "";
    this.retry = again;
    clearTimeout(this.again);
    if (error.code === "busy" && transport.patience) {
      this.again = setTimeout(() => this.phase === "trouble" && again(), transport.patience(error));
    }
    this.setPanel(drawTrouble(t, { message: sentence(t, error), kept, href, retry }));
    this.enterPhase("trouble");
  }

  /** The page comes back to the front, or leaves it, perhaps for ever. */
  seenAgain(visible) {
    if (visible) this.ending.resync();
    else for (const card of this.cards) if (!card.atOnce) card.save();
  }

  cardOf(item) {
    return this.cards.find((card) => card.id === item);
  }

  focusTarget() {
    if (this.phase === "answering") return this.cards[this.current].legend;
    return this.panel.firstElementChild;
  }

  focusOn(element) {
    const start = element && element.classList.contains("wq-legend") && !this.column.matches;
    focusOn(element, { from: start ? this.root : element, bar: this.bar.element });
  }

  announce(text) {
    this.live.textContent = text;
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.again);
    this.ending.forget();
    this.clock.stop();
    this.column.removeEventListener("change", this.turned);
    window.removeEventListener("online", this.online);
    document.removeEventListener("visibilitychange", this.shown);
    this.transport.stop();
    put(this.root);
  }
}
