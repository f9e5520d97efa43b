// The row of buttons that adds a part: a text, a picture, a quiz.

import { button, h, put } from "./dom.js";
import { chooser } from "./media.js";
import { reason, t } from "./words.js";

const USUAL_DRAW = 5;

export function drawAdding(place, { page, parts, notice }) {
  const block = (kind, more) => ({ key: page.newId("n"), kind, ...more });
  const quiz = (more) => parts.add(block("quiz", {
    name: freeName(parts.blocks), title: "", bank: "", draw: null, passing: null, questions: [], ...more,
  }));
  const file = ({ kind, src }) => parts.add(block(kind, { src, words: "", caption: "" }));
  const draws = async () => {
    try {
      const [bank] = await page.banks();
      if (bank) quiz({ bank: bank.bank, draw: Math.min(USUAL_DRAW, Math.max(1, bank.questions)) });
      else notice.say(t("There is no question bank yet."));
    } catch (error) {
      notice.say(reason(error));
    }
  };
  put(place,
    h("h2", { id: "compose-add-words" }, t("Add a part")),
    h("div.compose-adding", { role: "group", "aria-labelledby": "compose-add-words" },
      button(t("Text"), () => parts.add(block("text", { text: "" }))),
      chooser("picture", t("Picture"), page, file),
      chooser("picture", t("Take a photo"), page, file, { camera: true }),
      chooser("audio", t("Sound"), page, file),
      chooser("video", t("Film"), page, file),
      button(t("Quiz"), () => quiz({})),
      button(t("Questions from a bank"), draws)));
}

/** A name that no other quiz of the lesson has. */
function freeName(blocks) {
  const used = blocks.filter(({ kind }) => kind === "quiz").map(({ name }) => name);
  let n = used.length + 1;
  while (used.includes("quiz-" + n)) n += 1;
  return "quiz-" + n;
}
