// A poll: the response is the id of one option, and none is right.

import { drawChoice } from "../choice.js";
import { register } from "../types.js";

register("poll", {
  label: (t) => t("Poll"),
  hint: (t) => t("Nothing is right or wrong here."),
  draw(item, context) {
    const choice = drawChoice(item.options, { ...context, several: false });
    return {
      ...choice,
      read: () => choice.read()[0] || null,
      write: (response) => choice.write(response === null ? [] : [].concat(response)),
      mark: () => choice.mark(null),
    };
  },
});
