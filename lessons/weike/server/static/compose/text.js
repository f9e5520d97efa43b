// A paragraph or several: a field for writing, with the few signs of Markdown behind buttons.

import { button, grow, h, unique } from "./dom.js";
import { t } from "./words.js";

export function drawText(block, { changed }) {
  const id = unique("text");
  const area = h("textarea.compose-text", { id, rows: 4, value: block.text, "aria-label": t("Text"), oninput() {
    block.text = area.value;
    grow(area);
    changed();
  } });
  const edit = (change) => () => {
    change(area);
    block.text = area.value;
    grow(area);
    area.focus();
    changed();
  };
  const tools = h("div.compose-tools", { role: "group", "aria-label": t("Format") },
    button(t("Bold"), edit(bold)),
    button(t("Heading"), edit((field) => lines(field, /^## /, () => "## "))),
    button(t("List"), edit((field) => lines(field, /^- /, () => "- "))),
    button(t("Numbered"), edit((field) => lines(field, /^\d+\. /, (n) => n + 1 + ". "))),
    button(t("Link"), edit(link)));
  setTimeout(() => grow(area));
  return h("div", null, tools, area);
}

function bold(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const inside = value.slice(start, end);
  if (/^\*\*[^]*\*\*$/.test(inside)) area.setRangeText(inside.slice(2, -2), start, end, "select");
  else {
    const words = inside.trim() || t("bold text");
    area.setRangeText("**" + words + "**", start, end, "end");
    area.setSelectionRange(start + 2, start + 2 + words.length);
  }
}

/** Put a sign before each chosen line, or take it away where all have it. */
function lines(area, sign, make) {
  const { value } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = value.indexOf("\n", Math.max(start, area.selectionEnd));
  const end = found < 0 ? value.length : found;
  const chosen = value.slice(start, end).split("\n");
  const all = chosen.every((line) => sign.test(line));
  const bare = chosen.map((line) => line.replace(/^(## |- |\d+\. )/, ""));
  const text = bare.map((line, n) => (all ? line : make(n) + line)).join("\n");
  // A list and a heading begin after an empty line, or they belong to the paragraph above.
  const apart = !all && start > 0 && value[start - 2] !== "\n" && !sign.test(value.slice(value.lastIndexOf("\n", start - 2) + 1, start));
  area.setRangeText((apart ? "\n" : "") + text, start, end, "end");
}

function link(area) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const words = value.slice(start, end).trim() || t("words of the link");
  const text = "[" + words + "](https://)";
  area.setRangeText(text, start, end, "end");
  area.setSelectionRange(start + text.length - 1, start + text.length - 1);
}
