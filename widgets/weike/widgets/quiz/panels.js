// The cards that stand in place of a question, or beside it: waiting, start, trouble, really?

import { h, icon } from "./dom.js";
import { duration, secondsBetween } from "./words.js";

export function drawLoading(t) {
  return h("p.wq-loading", { role: "status" }, h("span.wq-spinner", { "aria-hidden": "true" }), t("Loading…"));
}

/** A sentence about what went wrong, and the way on. */
export function drawTrouble(t, { message, kept, href, retry }) {
  return h("div.wq-panel.wq-trouble", { role: "alert" },
    h("p", null, icon("unsaved"), message),
    kept > 0 && h("p", null, t("Kept on this device, to be sent: {n}", { n: kept })),
    h("p.wq-panel-actions", null,
      href && h("a.wq-button.wq-primary", { href }, t("Sign in")),
      retry && h("button.wq-button" + (href ? "" : ".wq-primary"), { type: "button", onclick: retry }, t("Try again"))));
}

/** Before a timed quiz: what to expect, and the button that starts the clock. */
export function drawStart(t, { rules, questions, number, makeup, now }, start) {
  const facts = [
    makeup && makeupWords(t, makeup, now),
    t("Questions: {n}", { n: questions }),
    rules.limit && t("Time limit {time}", { time: duration(t, rules.limit) }),
    rules.pass && t("Pass mark {n}%", { n: percent(rules.pass) }),
    rules.attempts && t("Attempt {n} of {total}", { n: number, total: rules.attempts }),
  ];
  return h("div.wq-panel.wq-start", null,
    h("ul.wq-facts", null, ...facts.filter(Boolean).map((fact) => h("li", null, fact))),
    h("p", null, t("The clock starts when you press the button and goes on even if you leave.")),
    h("button.wq-button.wq-primary.wq-begin", { type: "button", onclick: start }, t("Start")));
}

/** Questions are open: name them, let the member decide. */
export function drawQuestionOpen(t, open, { go, submit, close }) {
  return h("div.wq-panel.wq-ask", { role: "group", tabindex: "-1", "aria-label": t("Submit") },
    h("p", null, icon("unsaved"), t("Not answered yet: {n}", { n: open.length })),
    h("ul.wq-chips", null, ...open.map((card) =>
      h("li", null, h("button.wq-chip", {
        type: "button",
        "aria-label": t("Question {n}", { n: card.number }),
        onclick: () => go(card),
      }, String(card.number))))),
    h("p.wq-panel-actions", null,
      h("button.wq-button.wq-primary", { type: "button", onclick: close }, t("Go on answering")),
      h("button.wq-button", { type: "button", onclick: submit }, t("Submit all the same"))));
}

/** The next attempt is a make-up test, which has a time of its own. */
export function makeupWords(t, makeup, now) {
  return t("Make-up test, open for another {time}", { time: duration(t, secondsBetween(now, makeup.closes)) });
}

export function percent(share) {
  return Math.round(share * 100);
}
