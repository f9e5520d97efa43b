// One line of text that a person types, also with a Chinese input method.

import { h } from "./dom.js";

/** A text input. While an input method composes, nothing counts as typed and Enter is not ours. */
export function drawField({ changed, enter, ...attributes }) {
  let composing = false;
  return h("input.wq-field", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    ...attributes,
    oncompositionstart: () => {
      composing = true;
    },
    oncompositionend: () => {
      composing = false;
      changed("text");
    },
    oninput: (event) => {
      if (!composing && !event.isComposing) changed("text");
    },
    onchange: () => changed("choice"),
    onkeydown: (event) => {
      // Safari ends the composition before it tells of the key; 229 is how it marks that key.
      if (event.key !== "Enter" || composing || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      enter();
    },
  });
}

export function paint(input, correct) {
  input.classList.toggle("wq-is-right", correct === true);
  input.classList.toggle("wq-is-wrong", correct === false);
}
