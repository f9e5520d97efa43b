// A material: a text or a picture, and questions about it. The response is a list with what each
// question's own type reads, null where nothing is answered. On a phone one question stands below
// the material at a time; the numbers above it lead to the others.

import { drawFeedback, outcomeOf, outcomeWord } from "../feedback.js";
import { fill, h, icon, put, show } from "../dom.js";
import { register, typeOf } from "../types.js";
import { points } from "../words.js";

register("material", {
  label: (t) => t("Material with questions"),
  draw(item, context) {
    const { t, lang } = context;
    const worth = item.questions.some((one) => one.points !== item.questions[0].points);
    const total = item.questions.length;
    const parts = item.questions.map((one, i) => drawPart(one, i, { ...context, worth, total, onward }));
    const steps = h("div.wq-steps", { role: "group", "aria-label": t("Questions about this material") },
      ...parts.map(({ step }) => step));
    let current = 0;

    parts.forEach((part, i) => part.step.addEventListener("click", () => go(i)));
    place(0);

    function place(i) {
      current = i;
      parts.forEach((part, n) => {
        part.element.classList.toggle("wq-away", n !== i);
        if (n === i) part.step.setAttribute("aria-current", "step");
        else part.step.removeAttribute("aria-current");
        part.tell();
      });
    }

    function go(i) {
      place(i);
      parts[i].legend.focus();
    }

    /** From one question to the next; behind the last one the quiz goes on. */
    function onward(i) {
      if (i + 1 < parts.length) go(i + 1);
      else context.enter();
    }

    const read = () => parts.map(({ controls }) => controls.read());
    const open = () => parts.findIndex(({ controls }) => controls.read() === null);
    return {
      ownsStem: true,
      element: h("div", null,
        fill(h("div.wq-passage", { lang }), item, "html"),
        parts.length > 1 && steps,
        ...parts.map(({ element }) => element)),
      empty: parts.map(() => null),
      complete: (response) => response.every((one) => one !== null),
      read: () => (read().some((one) => one !== null) ? read() : null),
      write(response) {
        parts.forEach((part, i) => part.controls.write(response ? response[i] : null));
        place(Math.max(0, open()));
      },
      lock(locked) {
        for (const { controls } of parts) controls.lock(locked);
      },
      mark(feedback) {
        const said = (feedback && feedback.questions) || [];
        parts.forEach((part, i) => part.mark(said[i] || null));
        place(current);
      },
      focus() {
        if (open() >= 0 && open() !== current) place(open());
        parts[current].controls.focus();
      },
    };
  },
});

function drawPart(item, i, { worth, total, onward, ...context }) {
  const { t, lang } = context;
  const type = typeOf(item);
  const legend = h("legend.wq-legend", { tabindex: "-1" });
  const panel = h("div.wq-feedback", { hidden: true });
  const step = h("button.wq-step", { type: "button" });
  const part = { legend, step, feedback: null };
  const controls = type.draw(item, {
    ...context,
    changed: (kind) => {
      part.tell();
      context.changed(kind);
    },
    enter: () => onward(i),
  });
  const next = h("button.wq-button.wq-onward", { type: "button", onclick: () => onward(i) },
    t("Next part"), icon("next"));
  put(legend,
    h("span.wq-meta", null,
      h("span", null, t("Part {n} of {total}", { n: i + 1, total })),
      h("span", null, type.label(t)),
      worth && item.points > 0 && h("span", null, t("{n} pt", { n: points(item.points) }))),
    !controls.ownsStem && fill(h("span.wq-stem", { lang }), item, "html"));
  part.controls = controls;
  part.element = h("fieldset.wq-part", null, legend,
    type.hint && h("p.wq-hint", null, type.hint(t)),
    controls.element, panel, i + 1 < total && next);

  /** What its number says: answered or not, and later whether it was right. */
  part.tell = () => {
    const done = controls.read() !== null;
    const outcome = part.feedback && !part.feedback.ungraded ? outcomeOf(part.feedback) : "";
    const word = outcome ? outcomeWord(t, outcome) : done ? t("Answered") : t("Not answered");
    step.className = "wq-step" + (outcome ? " wq-is-" + outcome : done ? " wq-is-done" : "");
    put(step, String(i + 1),
      outcome && outcome !== "noted" ? icon(outcome) : done && icon("saved"),
      h("span.wq-sr", null, " " + word));
  };

  part.mark = (feedback) => {
    part.feedback = feedback;
    controls.mark(feedback);
    put(panel);
    show(panel, false);
    if (feedback) drawFeedback(panel, feedback, { t, lang, answered: controls.read() !== null, retry: false });
  };
  return part;
}
