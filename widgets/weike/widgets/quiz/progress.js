// Where one is: "Question 2 of 5" and a segment for each question.

import { h, show } from "./dom.js";

export class Progress {
  constructor(t, { total, number }) {
    this.t = t;
    this.text = h("span");
    const attempt = number > 1 && h("span", null, t("Attempt {n}", { n: number }));
    this.segments = Array.from({ length: total }, () => h("span"));
    this.element = h("div.wq-progress", null,
      h("p.wq-progress-text", null, this.text, attempt),
      h("div.wq-segments", { "aria-hidden": "true" }, ...this.segments));
    show(this.element, total > 1 || number > 1);
  }

  /** `current` is -1 where all questions are shown at once. */
  update(cards, current) {
    const { t } = this;
    this.text.textContent = current < 0
      ? t("{n} of {total} answered", { n: cards.filter((card) => card.answered).length, total: cards.length })
      : t("Question {n} of {total}", { n: current + 1, total: cards.length });
    cards.forEach((card, i) => {
      const state = card.outcome || (card.answered ? "answered" : "open");
      this.segments[i].className = "wq-segment wq-at-" + state + (i === current ? " wq-here" : "");
    });
  }
}
