// What a person types, also with a Chinese input method.

import { h } from "./dom.js";

/**
 * What a field listens to. While an input method composes, nothing counts as typed and Enter is
 * not ours; without `enter`, the key is the field's own.
 */
export function typing(changed, enter) {
  let composing = false;
  return {
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
    ...(enter && {
      onkeydown: (event) => {
        // Safari ends the composition before it tells of the key; 229 is how it marks that key.
        if (event.key !== "Enter" || composing || event.isComposing || event.keyCode === 229) return;
        event.preventDefault();
        enter();
      },
    }),
  };
}

/** One line of text. */
export function drawField({ changed, enter, ...attributes }) {
  return h("input.wq-field", {
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    ...attributes,
    ...typing(changed, enter),
  });
}

export function paint(input, correct) {
  input.classList.toggle("wq-is-right", correct === true);
  input.classList.toggle("wq-is-wrong", correct === false);
}
