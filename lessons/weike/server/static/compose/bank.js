// Questions of a bank, to be found by their words and taken one by one.

import { field, h, put } from "./dom.js";
import { typeWord } from "./question.js";
import { ask } from "./server.js";
import { reason, t } from "./words.js";

const PAUSE = 300;

export async function drawBank(page, { has, add }) {
  let banks;
  try {
    banks = await page.banks();
  } catch (error) {
    return h("p.compose-missing", { role: "alert" }, reason(error));
  }
  if (!banks.length) return h("p.help", null, t("There is no question bank yet."));
  const list = h("ul.compose-found");
  const state = h("p.help", { role: "status" });
  const select = h("select", { onchange: () => look() }, ...banks.map((one) =>
    h("option", { value: one.bank }, t("{title} ({n} questions)", { title: one.title, n: one.questions }))));
  let timer;
  const find = h("input", { type: "search", autocomplete: "off", oninput() {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  } });
  let last = 0;
  async function look() {
    last += 1;
    const mine = last;
    try {
      const query = "?bank=" + encodeURIComponent(select.value) + "&find=" + encodeURIComponent(find.value);
      const { questions, found } = await ask("GET", page.base + "banks" + query);
      if (mine !== last) return;
      put(state, t("{n} questions found", { n: found }));
      put(list, ...questions.map(({ question, text }) => row(question, text)));
    } catch (error) {
      put(state, reason(error));
    }
  }
  function row(question, text) {
    const take = h("button.button.small.quiet", { type: "button", disabled: has(question.id), onclick() {
      add(question);
      take.disabled = true;
      put(take, t("Taken"));
    } }, has(question.id) ? t("Taken") : t("Take"));
    return h("li", null, h("span", null, h("small", null, typeWord(question.type)), " ", text), take);
  }
  look();
  return h("div.compose-picker", null,
    h("div.compose-pair", null, field(t("Question bank"), select), field(t("Find"), find)), state, list);
}
