// What check says of the lesson, each finding with the way to its part.

import { button, focusFirst, h } from "./dom.js";
import { unfinishedIn } from "./quiz.js";
import { ask } from "./server.js";
import { reason, t } from "./words.js";

export async function check({ address, parts, notice }) {
  let findings;
  try {
    ({ findings } = await ask("GET", address));
  } catch (error) {
    notice.say(reason(error), true);
    return;
  }
  const rows = findings.map((one) => row(one, parts));
  const unfinished = parts.blocks.reduce((sum, block) => sum + unfinishedIn(block), 0);
  if (unfinished) {
    rows.unshift(h("li", null, h("strong", null, t("Look at: ")), t("{n} questions are not finished; members do not see them", { n: unfinished })));
  }
  const head = h("h2", { tabindex: -1 }, t("Check the lesson"));
  notice.show(h("div.card", null, head,
    rows.length ? h("ul.compose-findings", null, ...rows) : h("p", null, t("Nothing was found. The lesson can be published."))));
  head.focus();
}

function row({ cell, text, repair, severity }, parts) {
  const item = parts.items.get(parts.blocks[cell - 1]);
  const words = repair ? t("{message}; {repair}", { message: text, repair }) : text;
  return h("li", null,
    h("strong", null, severity === "error" ? t("To mend: ") : t("Look at: ")), words, " ",
    item && button(t("Go there"), () => focusFirst(item), { label: t("Go there: {what}", { what: words }) }));
}
