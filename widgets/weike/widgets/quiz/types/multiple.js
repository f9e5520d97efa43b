// Multiple choice: the response is the list of the ids that are ticked.

import { drawChoice, marksOf } from "../choice.js";
import { register } from "../types.js";

register("multiple", {
  label: (t) => t("Multiple choice"),
  hint: (t) => t("Choose all that apply."),
  draw(item, context) {
    const choice = drawChoice(item.options, { ...context, several: true });
    return {
      ...choice,
      empty: [],
      read: () => (choice.read().length ? choice.read() : null),
      write: (response) => choice.write(response || []),
      mark: (feedback) => choice.mark(marksOf(feedback)),
    };
  },
});
