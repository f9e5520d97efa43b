// Gaps to fill in: the response is one text for each gap, in the order of the sentence.

import { fill, h, unique } from "../dom.js";
import { drawField, paint } from "../field.js";
import { register } from "../types.js";

const WIDEST = 22;

register("blank", {
  label: (t) => t("Fill in"),
  draw(item, { t, lang, changed, enter }) {
    const stem = fill(h("div.wq-stem.wq-sentence", { lang }), item, "html");
    const gaps = Array.from({ length: item.blanks }, (_, i) => gap(stem, i));
    const inputs = gaps.map(({ place, labelled }, i) => {
      const last = i === gaps.length - 1;
      const input = drawField({
        size: "6",
        enterkeyhint: last ? "done" : "next",
        changed: (kind) => {
          fit(input);
          changed(kind);
        },
        enter: () => (last ? enter() : inputs[i + 1].focus()),
      });
      const name = gaps.length > 1 ? t("Blank {n}", { n: i + 1 }) : t("Your answer");
      if (labelled) {
        input.id = unique("blank");
        place.append(h("label.wq-label", { for: input.id }, name), input);
      } else {
        input.setAttribute("aria-label", name);
        place.replaceWith(input);
      }
      return input;
    });
    return {
      ownsStem: true,
      element: stem,
      empty: inputs.map(() => ""),
      read() {
        const texts = inputs.map(({ value }) => value.trim());
        return texts.some(Boolean) ? texts : null;
      },
      write(response) {
        inputs.forEach((input, i) => {
          input.value = (response && response[i]) || "";
          fit(input);
        });
      },
      lock(locked) {
        for (const input of inputs) input.readOnly = locked;
      },
      mark(feedback) {
        const parts = (feedback && feedback.blanks) || [];
        inputs.forEach((input, i) => paint(input, parts[i] ? parts[i].right : null));
      },
      focus: () => (inputs.find(({ value }) => !value) || inputs[0]).focus(),
    };
  },
});

/** Where gap i stands in the sentence, or a line below it if the sentence does not say. */
function gap(stem, i) {
  const place = stem.querySelector('[data-blank="' + (i + 1) + '"]');
  if (place) return { place, labelled: false };
  const line = h("p.wq-entry");
  stem.append(line);
  return { place: line, labelled: true };
}

/** As wide as what stands in it; a Chinese character takes the room of two letters. */
function fit(input) {
  const wide = Array.from(input.value).reduce((sum, char) => sum + (char > "\u2e7f" ? 2 : 1), 1);
  input.size = Math.min(WIDEST, Math.max(6, wide));
}
