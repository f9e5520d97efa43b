// A number: the response is the text as typed, because the server reads units and widths.

import { h, unique } from "../dom.js";
import { drawField, paint } from "../field.js";
import { register } from "../types.js";

register("numeric", {
  label: (t) => t("Number"),
  draw(item, { t, changed, enter }) {
    const id = unique("number");
    const input = drawField({ id, inputmode: "decimal", enterkeyhint: "done", changed, enter });
    // The number pad of some phones has no minus key.
    const sign = h("button.wq-sign", {
      type: "button",
      "aria-label": t("Change the sign"),
      onclick: () => {
        const minus = /^\s*[-−－]/;
        input.value = minus.test(input.value) ? input.value.replace(minus, "") : "-" + input.value.trim();
        input.focus();
        changed("text");
      },
    }, "±");
    const unit = item.unit ? h("span.wq-unit", { id: id + "-unit" }, item.unit) : null;
    if (unit) input.setAttribute("aria-describedby", id + "-unit");
    return {
      element: h("div.wq-entry", null,
        h("label.wq-label", { for: id }, t("Your answer")),
        h("div.wq-line", null, sign, input, unit)),
      empty: "",
      read: () => input.value.trim() || null,
      write: (response) => {
        input.value = response || "";
      },
      lock: (locked) => {
        input.readOnly = locked;
        sign.disabled = locked;
      },
      mark: (feedback) => paint(input, feedback ? feedback.correct : null),
      focus: () => input.focus(),
    };
  },
});
