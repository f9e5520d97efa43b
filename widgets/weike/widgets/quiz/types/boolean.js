// True or false: the response is true or false.

import { drawChoice } from "../choice.js";
import { register } from "../types.js";

register("boolean", {
  label: (t) => t("True or false"),
  draw(item, context) {
    const { t } = context;
    const options = [
      { id: "true", text: t("True") },
      { id: "false", text: t("False") },
    ];
    const choice = drawChoice(options, { ...context, several: false });
    return {
      ...choice,
      read: () => (choice.read().length ? choice.read()[0] === "true" : null),
      write: (response) => choice.write(response === null ? [] : [String(response)]),
      mark: (feedback) => choice.mark(marks(feedback, choice.read()[0])),
    };
  },
});

function marks(feedback, picked) {
  if (!feedback) return null;
  if (typeof feedback.key === "boolean") {
    return { [feedback.key]: { right: true }, [!feedback.key]: { right: false } };
  }
  return picked && feedback.correct !== null ? { [picked]: { right: feedback.correct } } : null;
}
