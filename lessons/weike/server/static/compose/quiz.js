// A quiz: its questions, written here or drawn from a bank.

import { drawBank } from "./bank.js";
import { button, field, focusFirst, h, put } from "./dom.js";
import { draggable } from "./drag.js";
import { TYPES, drawQuestion, isEditable, missing, newQuestion, typeWord } from "./question.js";
import { t } from "./words.js";

const GIST = 40;

export function drawQuiz(block, { changed, page }) {
  const title = h("input", { value: block.title, autocomplete: "off", maxlength: 300, oninput() {
    block.title = title.value;
    changed();
  } });
  const head = field(t("Title of the quiz (may stay empty)"), title);
  if (block.bank) return h("div", null, head, drawDraw(block, { changed, page }), rules(block, changed));
  const list = h("ol.compose-questions");
  const redraw = (focus) => {
    put(list, ...block.questions.map((question, n) => drawOne(question, n)));
    if (focus !== undefined) focusFirst(list.children[focus]);
  };

  function drawOne(question, n) {
    const count = block.questions.length;
    const body = h("div");
    const open = () => put(body, drawQuestion(question, { changed, said: page.said(block, question) }));
    open();
    const act = (name, words, disabled, onclick) =>
      h("button.compose-icon", { type: "button", "aria-label": words, title: words, disabled, onclick }, name);
    const move = (by) => () => {
      block.questions.splice(n, 1);
      block.questions.splice(n + by, 0, question);
      redraw(n + by);
      changed();
    };
    const number = t("Question {n}", { n: n + 1 });
    const handle = h("span.compose-handle", { "aria-hidden": "true", title: t("Drag to move") }, "⠿");
    const item = h("li.compose-question", null,
      h("div.compose-head", null, handle,
        h("h3", null, number, " · ", typeWord(question.type), h("span.compose-gist")),
        h("span.compose-icons", null,
          act("↑", t("{what}: move up", { what: number }), n === 0, move(-1)),
          act("↓", t("{what}: move down", { what: number }), n === count - 1, move(1)),
          act("×", t("{what}: delete", { what: number }), false, () => remove(question, n)))),
      body);
    draggable(item, handle, { begin: tellGists, drop: (before) => dropped(question, before) });
    return item;
  }

  function tellGists() {
    const gists = list.querySelectorAll(".compose-gist");
    block.questions.forEach(({ stem }, n) => put(gists[n], stem.slice(0, GIST)));
  }

  function dropped(question, before) {
    const rows = Array.from(list.querySelectorAll(".compose-question"));
    const next = block.questions[rows.indexOf(before)];
    block.questions.splice(block.questions.indexOf(question), 1);
    block.questions.splice(next ? block.questions.indexOf(next) : block.questions.length, 0, question);
    redraw();
    changed();
  }

  function remove(question, n) {
    block.questions.splice(n, 1);
    redraw();
    changed();
    const undo = h("li.compose-gone", null, h("span", null, t("The question is deleted.")), " ", button(t("Undo"), () => {
      block.questions.splice(n, 0, question);
      redraw(n);
      changed();
    }));
    list.insertBefore(undo, list.children[n] || null);
    undo.querySelector("button").focus();
  }

  function add(question) {
    block.questions.push(question);
    redraw(block.questions.length - 1);
    changed();
  }

  redraw();
  const picker = h("div");
  const fromBank = button(t("From a bank…"), async () => {
    if (picker.firstChild) {
      put(picker);
      return;
    }
    put(picker, await drawBank(page, { has: (id) => block.questions.some((one) => one.id === id), add }));
    focusFirst(picker);
  });
  return h("div", null, head, list,
    h("div.compose-adding", { role: "group", "aria-label": t("Add a question") },
      h("span.compose-adding-words", null, t("Add a question")),
      ...TYPES.map(([type, words]) => button(words(), () => add(newQuestion(type, page.newId("q"))))),
      fromBank),
    picker,
    rules(block, changed));
}

function rules(block, changed) {
  const passing = h("input", { type: "number", inputmode: "numeric", min: 0, max: 100, placeholder: 60, value: block.passing === null ? "" : block.passing, oninput() {
    const number = Number(passing.value);
    block.passing = passing.value && number >= 0 && number <= 100 ? number : null;
    changed();
  } });
  return h("details", null, h("summary", null, t("Rules")), h("div.small", null, field(t("Passed from (%)"), passing)));
}

function drawDraw(block, { changed, page }) {
  const select = h("select", { onchange() {
    block.bank = select.value;
    changed();
  } }, h("option", { value: block.bank }, block.bank));
  const many = h("input", { type: "number", inputmode: "numeric", min: 1, max: 1000, value: block.draw === null ? "" : block.draw, oninput() {
    const number = Number(many.value);
    block.draw = many.value && Number.isInteger(number) && number >= 1 && number <= 1000 ? number : null;
    tell();
    changed();
  } });
  const note = h("p.compose-missing", { hidden: true });
  let banks = [];
  const tell = () => {
    const bank = banks.find((one) => one.bank === block.bank);
    const much = bank && block.draw > bank.questions;
    note.hidden = !much;
    if (much) note.textContent = t("The bank has {n} questions only.", { n: bank.questions });
  };
  page.banks().then((found) => {
    banks = found;
    if (!banks.some((one) => one.bank === block.bank)) banks = [{ bank: block.bank, title: block.bank, questions: 0 }, ...banks];
    put(select, ...banks.map((one) =>
      h("option", { value: one.bank, selected: one.bank === block.bank }, t("{title} ({n} questions)", { title: one.title, n: one.questions }))));
    tell();
  }).catch(() => null);
  return h("div", null, h("div.compose-pair", null,
    field(t("Question bank"), select),
    h("div.small", null, field(t("How many"), many))),
    h("p.help", null, t("Everybody gets other questions, those first that they have not met. Empty: all.")), note);
}

export function unfinishedIn(block) {
  return (block.questions || []).filter((one) => isEditable(one) && missing(one).length > 0).length;
}
