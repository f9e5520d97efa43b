// What the server said to an answer, once the rules let it.

import { fill, h, icon, put, show } from "./dom.js";
import { points } from "./words.js";

export function outcomeOf({ correct, score }) {
  if (correct === null || correct === undefined) return "noted";
  if (correct) return "right";
  return score > 0 ? "partial" : "wrong";
}

export function outcomeIcon(outcome) {
  return icon({ right: "right", wrong: "wrong", partial: "partial" }[outcome] || "note");
}

export function outcomeWord(t, outcome) {
  if (outcome === "right") return t("Right");
  if (outcome === "wrong") return t("Wrong");
  if (outcome === "partial") return t("Partly right");
  return t("Noted");
}

/** `retry` is called for another try; false where there is none. */
export function drawFeedback(panel, feedback, { t, lang, retry, answered }) {
  const outcome = outcomeOf(feedback);
  const key = keyText(t, feedback);
  panel.className = "wq-feedback wq-is-" + outcome;
  put(panel,
    h("p.wq-outcome", null,
      outcomeIcon(outcome),
      h("strong", null, feedback.ungraded ? t("Not graded") : feedback.pending ? t("Waiting to be marked") : answered ? outcomeWord(t, outcome) : t("Not answered")),
      feedback.max > 0 && !feedback.ungraded && h("span.wq-score", null,
        t("{score} / {max} points", { score: points(feedback.score), max: points(feedback.max) }))),
    feedback.corrected && h("p", null, t("This question was corrected.")),
    feedback.pending && h("p", null, t("A person will read it and give the points.")),
    feedback.remark && h("p.wq-remark", null, h("strong", null, t("Remark")), " ", feedback.remark),
    feedback.ungraded && h("p", null,
      t("This question could not be graded. It costs you no point; the lecturer will see it.")),
    ...(feedback.blanks || []).map((blank) => blank.html && fill(h("p.wq-text", { lang }), blank, "html")),
    feedback.message_html && fill(h("div.wq-text", { lang }), feedback, "message_html"),
    key && h("p.wq-key", null, h("span", null, t("Right answer")), " ", key),
    feedback.explanation_html && h("div.wq-explanation", null,
      h("p.wq-explanation-title", null, t("Explanation")),
      fill(h("div.wq-text", { lang }), feedback, "explanation_html")),
    retry && h("button.wq-button.wq-retry", { type: "button", onclick: retry }, icon("again"), t("Answer again")));
  show(panel, true);
}

/** The key of a typed answer; options carry theirs themselves. */
function keyText(t, { key, options, correct }) {
  if (options || correct || key === undefined || key === null || typeof key === "boolean") return "";
  return (Array.isArray(key) ? key : [key])
    .map((part) => (Array.isArray(part) ? part.join(" / ") : String(part)))
    .join(t("; "));
}
