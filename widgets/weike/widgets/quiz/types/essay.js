// A short essay: the response is the text.

import { h, unique } from "../dom.js";
import { typing } from "../field.js";
import { register } from "../types.js";

const LONGEST = 10000;

register("essay", {
  label: (t) => t("Short essay"),
  hint: (t) => t("Write in your own words; a person will read it."),
  draw(item, { t, changed }) {
    const id = unique("essay");
    const area = h("textarea.wq-field.wq-essay", {
      id,
      rows: "6",
      maxlength: String(LONGEST),
      ...typing(changed),
    });
    return {
      element: h("div.wq-entry", null, h("label.wq-label", { for: id }, t("Your answer")), area),
      empty: "",
      read: () => area.value.trim() || null,
      write: (response) => {
        area.value = response || "";
      },
      lock: (locked) => {
        area.readOnly = locked;
      },
      mark: () => {},
      focus: () => area.focus(),
    };
  },
});
