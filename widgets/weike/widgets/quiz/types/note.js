// A note: a text between the questions. There is nothing to answer.

import { h } from "../dom.js";
import { register } from "../types.js";

register("note", {
  label: (t) => t("For your information"),
  draw: () => ({
    silent: true,
    element: h("div", null),
    read: () => null,
    write() {},
    lock() {},
    mark() {},
    focus() {},
  }),
});
