// From 交卷, or from the deadline, to the result and back to what was wrong.

import { put, show } from "./dom.js";
import { drawLoading, drawQuestionOpen, drawTrouble } from "./panels.js";
import { drawResult } from "./result.js";
import { sentence } from "./sentences.js";

const AGAIN = 8000;
const DOUBLE_TAP = 400;
const LAST_SECOND = 1000;

export class Ending {
  constructor(view) {
    this.view = view;
    this.t = view.t;
    this.moved = 0;
    this.waiting = null;
  }

  /** The button 交卷 stands where 下一题 stood a moment ago: a second tap there is no wish. */
  justMoved() {
    this.moved = Date.now();
  }

  settled() {
    this.moved = 0;
  }

  async submit({ sure = false } = {}) {
    const { view, t } = this;
    if (view.phase === "submitting" || (!sure && Date.now() - this.moved < DOUBLE_TAP)) return;
    this.forget();
    for (const card of view.cards) card.save();
    const open = view.cards.filter((card) => !card.answered);
    if (open.length && !sure) {
      this.ask(open);
      return;
    }
    view.setPanel(null);
    view.enterPhase("submitting");
    view.announce(t("Submitting…"));
    try {
      const result = await view.transport.submit();
      this.finish(result);
      view.focusOn(view.panel.firstElementChild);
      view.root.dispatchEvent(new CustomEvent("weike:submitted", { bubbles: true, detail: result }));
    } catch (error) {
      this.notSubmitted(error);
      return;
    }
    this.learnWhatIsNext();
  }

  ask(open) {
    const { view } = this;
    const panel = drawQuestionOpen(this.t, open, {
      go: (card) => view.go(card.number - 1),
      submit: () => this.submit({ sure: true }),
      close: () => view.go(open[0].number - 1),
    });
    view.setPanel(panel, { asking: true });
    view.focusOn(panel);
  }

  notSubmitted(error) {
    const { view, t } = this;
    if (error.code === "submitted" || error.code === "closed") {
      view.load({ focus: true });
      return;
    }
    view.enterPhase("answering");
    const wrong = view.cards.find((card) => !card.error.hidden);
    if (wrong) {
      view.go(wrong.number - 1);
      wrong.controls.focus();
      return;
    }
    const again = () => this.submit({ sure: true });
    const message = t("Not submitted yet.") + " " + sentence(t, error);
    view.setPanel(drawTrouble(t, { message, retry: again }));
    if (error.passing) this.waiting = setTimeout(again, AGAIN);
  }

  /** The network is back: a submission that waited for it goes on. */
  connected() {
    if (this.waiting) this.submit({ sure: true });
  }

  forget() {
    clearTimeout(this.waiting);
    this.waiting = null;
  }

  finish(result, notice = "") {
    const { view } = this;
    view.clock.stop();
    view.opened = { ...view.opened, result };
    for (const card of view.cards) card.close();
    for (const { item, response, feedback } of result.items || []) {
      const card = view.cardOf(item);
      if (card) card.review(response, feedback);
    }
    this.notice = notice;
    this.drawResult();
    view.enterPhase("result");
  }

  drawResult() {
    const { view } = this;
    view.setPanel(drawResult(this.t, { opened: view.opened, cards: view.cards, notice: this.notice }, {
      go: (card) => this.review(card),
      again: () => view.load({ fresh: true, focus: true }),
    }));
  }

  /** An answer from the outbox came after the end. */
  late(notice) {
    this.notice = notice;
    this.drawResult();
  }

  /** How many attempts are left is known only after the submission. */
  async learnWhatIsNext() {
    const { view } = this;
    try {
      const opened = await view.transport.open();
      if (view.phase !== "result" || opened.attempt !== view.opened.attempt || !opened.result) return;
      const focused = view.panel.contains(document.activeElement);
      view.opened = opened;
      this.drawResult();
      if (focused) view.focusOn(view.panel.firstElementChild);
    } catch {
      // The result is there; another attempt will ask the server anyway.
    }
  }

  review(card) {
    const { view } = this;
    view.current = card.number - 1;
    show(view.panel, view.column.matches);
    view.enterPhase("review");
    view.focusOn(card.legend);
  }

  showResult() {
    const { view } = this;
    show(view.panel, true);
    view.enterPhase("result");
    view.focusOn(view.panel.firstElementChild);
  }

  /** The countdown is over: show what was saved, which the server has submitted by now. */
  async timeUp() {
    const { view, t } = this;
    for (const card of view.cards) {
      card.save();
      card.close();
    }
    view.enterPhase("submitting");
    view.announce(t("Time is up."));
    put(view.panel, drawLoading(t));
    for (let tries = 0; tries < 5 && !view.stopped; tries += 1) {
      // The server's last second may be a little longer than ours.
      await new Promise((resolve) => setTimeout(resolve, LAST_SECOND));
      try {
        view.opened = await view.transport.open();
      } catch (error) {
        view.fail(error, () => this.timeUp());
        return;
      }
      if (view.opened.result) break;
    }
    view.show(t("Time is up. What was saved has been submitted."));
    view.focusOn(view.focusTarget());
  }

  /** A phone that slept has lost count: ask the server how late it is. */
  async resync() {
    const { view } = this;
    if (view.phase !== "answering" || !view.opened.deadline) return;
    try {
      const opened = await view.transport.open();
      if (view.phase !== "answering") return;
      if (opened.result) {
        view.opened = opened;
        view.show(this.t("Time is up. What was saved has been submitted."));
      } else if (opened.deadline) {
        view.clock.start(opened.now, opened.deadline);
      }
    } catch {
      // Offline: the countdown goes on as it was.
    }
  }
}
