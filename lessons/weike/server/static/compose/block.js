// One part of the lesson with its frame: what it is, and the buttons to move and delete it.

import { button, h } from "./dom.js";
import { drawMedia } from "./media.js";
import { drawQuiz } from "./quiz.js";
import { drawText } from "./text.js";
import { t } from "./words.js";

const GIST = 40;

export function kindWord(block) {
  const words = {
    text: t("Text"),
    picture: t("Picture"),
    audio: t("Sound"),
    video: t("Film"),
    quiz: block.bank ? t("Questions drawn from a bank") : t("Quiz"),
    kept: t("Kept as it is"),
  };
  return words[block.kind];
}

const BODIES = { text: drawText, picture: drawMedia, audio: drawMedia, video: drawMedia, quiz: drawQuiz, kept: drawKept };

/** `act` is {up, down, remove, below}; each is told the block. */
export function drawBlock(block, { page, act, changed }) {
  const name = kindWord(block);
  const icon = (sign, words, does, more = "") =>
    h("button.compose-icon" + more, { type: "button", "aria-label": words, title: words, onclick: () => does(block) }, sign);
  const handle = h("span.compose-handle", { "aria-hidden": "true", title: t("Drag to move") }, "⠿");
  return h("li.compose-block.card", { "data-kind": block.kind },
    h("div.compose-head", null, handle,
      h("h2", null, name, h("span.compose-gist")),
      h("span.compose-icons", null,
        icon("＋", t("{what}: add below", { what: name }), act.below, ".compose-below"),
        icon("↑", t("{what}: move up", { what: name }), act.up, ".compose-up"),
        icon("↓", t("{what}: move down", { what: name }), act.down, ".compose-down"),
        icon("×", t("{what}: delete", { what: name }), act.remove, ".compose-remove"))),
    BODIES[block.kind](block, { changed, page }));
}

/** The first words of a part, to tell it from others of its kind. */
export function gist(block) {
  const [question] = block.questions || [];
  const [output] = block.outputs || [];
  const kept = output ? output.text || output.said : "";
  const written = block.kind === "kept" ? kept : block.text || block.words || block.caption || block.title || block.bank;
  return (written || (question ? question.stem : "")).replace(/[#>*`]|^[\s-]+/g, "").trim().slice(0, GIST);
}

function drawKept(block) {
  const what = {
    code: t("This part was made in JupyterLab and runs when the lesson is published. It stays as it is."),
    quiz: t("This quiz cannot be read here, and stays as it is."),
  };
  return h("div", null,
    h("p.help", null, what[block.what] || t("This part was made in JupyterLab. It stays as it is.")),
    block.why && h("p.compose-missing", null, block.why),
    ...(block.outputs || []).map(drawOutput),
    h("details", null, h("summary", null, t("Show what it holds")), h("pre.compose-code", { tabindex: 0 }, block.text)));
}

/** What the part showed when it was run last. */
function drawOutput({ text, said }) {
  return text === undefined ? h("p.help", null, said) : h("pre.compose-code", { tabindex: 0, role: "group", "aria-label": t("It showed") }, text);
}

export function drawGone(block, undo) {
  return h("li.compose-gone", null, h("span", null, t("{what} deleted.", { what: kindWord(block) })), " ", button(t("Undo"), undo));
}
