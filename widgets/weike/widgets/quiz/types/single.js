// Single choice: the response is the id of one option.

import { drawChoice, marksOf } from "../choice.js";
import { register } from "../types.js";

register("single", {
  label: (t) => t("Single choice"),
  draw(item, context) {
    const choice = drawChoice(item.options, { ...context, several: false });
    return {
      ...choice,
      read: () => choice.read()[0] || null,
      write: (response) => choice.write(response === null ? [] : [response]),
      mark: (feedback) => choice.mark(marksOf(feedback)),
    };
  },
});
