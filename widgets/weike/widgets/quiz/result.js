// The result: how well, passed or not, the way back to what was wrong, and another attempt.

import { h, icon } from "./dom.js";
import { outcomeIcon, outcomeWord } from "./feedback.js";
import { makeupWords, percent } from "./panels.js";
import { duration, points, secondsBetween } from "./words.js";

const RADIUS = 42;

/** `go(card)` opens a question, `again()` starts another attempt. */
export function drawResult(t, { opened, cards, notice }, { go, again }) {
  const { result, rules, number } = opened;
  const graded = result.max > 0;
  const outcome = !graded || result.pending ? "noted" : result.passed ? "right" : "wrong";
  const title = result.pending ? t("Waiting to be marked")
    : !graded ? t("Submitted, thank you") : result.passed ? t("Passed") : t("Not passed");
  return h("section.wq-result.wq-is-" + outcome, { tabindex: "-1", "aria-label": t("Result") },
    notice && h("p.wq-note", null, icon("clock"), notice),
    h("div.wq-result-head", null,
      graded && ring(result.percent),
      h("div", null,
        h("p.wq-result-title", null, outcomeIcon(outcome), h("strong", null, title)),
        graded && h("p", null, t("{score} / {max} points", { score: points(result.score), max: points(result.max) })),
        graded && h("p.wq-muted", null, t("Pass mark {n}%", { n: percent(rules.pass) })),
        (number > 1 || rules.attempts > 1) && h("p.wq-muted", null, rules.attempts
          ? t("Attempt {n} of {total}", { n: number, total: rules.attempts }) : t("Attempt {n}", { n: number })))),
    result.items ? list(t, cards, go) : released(t, opened),
    next(t, opened, again));
}

function ring(value) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  svg.setAttribute("class", "wq-ring");
  svg.setAttribute("aria-hidden", "true");
  const length = 2 * Math.PI * RADIUS;
  for (const [name, share] of [["wq-ring-all", 1], ["wq-ring-part", value / 100]]) {
    const circle = document.createElementNS(svg.namespaceURI, "circle");
    const set = { class: name, cx: 50, cy: 50, r: RADIUS, transform: "rotate(-90 50 50)" };
    set["stroke-dasharray"] = share * length + " " + length;
    for (const [key, text] of Object.entries(set)) circle.setAttribute(key, String(text));
    if (share > 0) svg.append(circle);
  }
  return h("div.wq-percent", null, svg, h("span", null, h("strong", null, String(Math.round(value))), "%"));
}

function list(t, cards, go) {
  return h("ul.wq-review", null, ...cards.filter(({ silent }) => !silent).map((card) =>
    h("li", null, h("button.wq-review-item.wq-is-" + card.outcome, { type: "button", onclick: () => go(card) },
      h("span", null, t("Question {n}", { n: card.number })),
      h("span.wq-review-word", null, ...verdict(t, card)),
      icon("next")))));
}

function verdict(t, { outcome, answered, feedback }) {
  if (feedback && feedback.pending) return [outcomeIcon(outcome), t("Waiting to be marked")];
  const skipped = !answered && outcome === "wrong";
  return skipped ? [icon("unsaved"), t("Not answered")] : [outcomeIcon(outcome), outcomeWord(t, outcome)];
}

/** Why no answers are shown. */
function released(t, { rules, now }) {
  if (rules.behaviour !== "exam" || !rules.close) return null;
  const wait = secondsBetween(now, rules.close);
  if (wait <= 0) return null;
  return h("p.wq-muted", null,
    t("The answers are shown after the quiz has closed, in {time}.", { time: duration(t, wait) }));
}

function next(t, { rules, now, makeup }, again) {
  if (rules.attempts_left === 0) return h("p.wq-muted", null, t("No attempts are left."));
  const wait = rules.wait_until ? secondsBetween(now, rules.wait_until) : 0;
  if (wait > 0) {
    return h("p.wq-muted", null, icon("clock"), " ",
      t("The next attempt is possible in {time}.", { time: duration(t, wait) }));
  }
  return h("div", null,
    makeup && h("p.wq-muted", null, icon("clock"), " ", makeupWords(t, makeup, now)),
    h("p.wq-panel-actions", null,
      h("button.wq-button.wq-again", { type: "button", onclick: again }, icon("again"),
        makeup ? t("Take the make-up test") : t("Another attempt"))));
}
