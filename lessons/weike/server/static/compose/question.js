// One question as a form. The question is the model's own JSON and is changed in place, so that
// what the form does not show (feedback, tags, difficulty) stays.

import { button, field, grow, h, put, unique } from "./dom.js";
import { t } from "./words.js";

const GAP = /_{4,}/g;

export const TYPES = [
  ["single", () => t("Single choice")],
  ["multiple", () => t("Multiple choice")],
  ["boolean", () => t("True or false")],
  ["blank", () => t("Fill in")],
  ["numeric", () => t("Number")],
];

const OTHERS = {
  matching: () => t("Matching"),
  ordering: () => t("Ordering"),
  essay: () => t("Essay"),
  poll: () => t("Poll"),
  material: () => t("Question with material"),
  note: () => t("Note"),
};

export function typeWord(type) {
  const known = TYPES.find(([name]) => name === type);
  return known ? known[1]() : OTHERS[type] ? OTHERS[type]() : type;
}

export function newQuestion(type, id) {
  const question = { id, type, stem: "", points: 1 };
  if (type === "single" || type === "multiple") {
    question.options = [{ text: "", right: false }, { text: "", right: false }];
  } else if (type === "blank") {
    question.stem = "____";
    question.blanks = [[""]];
  } else if (type === "numeric") {
    question.answers = [{ value: null }];
  }
  return question;
}

/** Whether the form shows everything that decides how the question is marked. */
export function isEditable({ type, blanks, answers }) {
  if (!TYPES.some(([name]) => name === type)) return false;
  if (type === "blank") return (blanks || []).every((blank) => blank.every((one) => typeof one === "string"));
  if (type === "numeric") {
    return (answers || []).length <= 1 && (answers || []).every((one) =>
      Object.keys(one).every((key) => ["value", "tolerance", "unit"].includes(key)));
  }
  return true;
}

/** What is still missing before members can be asked, in words. */
export function missing(question) {
  const { type, stem, options = [], blanks = [], answers = [] } = question;
  const found = [];
  if (!stem.replace(GAP, "").trim()) found.push(t("Write the question."));
  if (type === "single" || type === "multiple") {
    const right = options.filter((option) => option.right).length;
    if (options.length < 2 || options.some((option) => !option.text.trim())) found.push(t("Fill in at least two options, and leave none empty."));
    else if (!right) found.push(t("Tick the right answer."));
    else if (type === "multiple" && right < 2) found.push(t("Tick at least two right answers, or make it a single choice."));
  } else if (type === "boolean" && typeof question.right !== "boolean") {
    found.push(t("Say whether it is true."));
  } else if (type === "blank") {
    if (!(stem.match(GAP) || []).length) found.push(t("Mark the place of the blank with ____."));
    if (blanks.some((blank) => !blank.length || blank.some((one) => typeof one === "string" && !one.trim()))) found.push(t("Write what belongs into the blank."));
  } else if (type === "numeric" && !(answers.length && typeof answers[0].value === "number")) {
    found.push(t("Write the right number."));
  }
  return found;
}

/** `changed()` is called after each change. Returns the element of the form. */
export function drawQuestion(question, { changed, said }) {
  const note = h("ul.compose-missing");
  const tell = () => {
    const words = isEditable(question) ? missing(question) : said;
    put(note, ...words.map((one) => h("li", null, one)));
    note.hidden = words.length === 0;
  };
  const update = () => {
    tell();
    changed();
  };
  tell();
  if (!isEditable(question)) {
    return h("div", null,
      h("p.compose-kept-text", null, question.stem),
      h("p.help", null, t("This question is kept as it is. It is changed in its bank or in JupyterLab.")),
      note);
  }
  const stem = h("textarea", { rows: 2, value: question.stem, oninput() {
    question.stem = stem.value;
    grow(stem, 2);
    if (question.type === "blank") parts.redraw();
    update();
  } });
  const parts = PARTS[question.type](question, update, stem);
  const explanation = h("textarea", { rows: 2, value: question.explanation || "", oninput() {
    if (explanation.value.trim()) question.explanation = explanation.value;
    else delete question.explanation;
    grow(explanation, 2);
    update();
  } });
  const points = h("input", { type: "number", inputmode: "decimal", min: 0, max: 100, step: "any", value: question.points, oninput() {
    const number = Number(points.value);
    if (points.value && Number.isFinite(number) && number >= 0) question.points = number;
    update();
  } });
  return h("div", null,
    field(t("Question"), stem),
    parts.element,
    h("div.compose-pair", null,
      field(t("Explanation"), explanation, t("Members see it after they have answered.")),
      h("div.small", null, field(t("Points"), points))),
    note);
}

const PARTS = {
  single: (question, update) => drawOptions(question, update, false),
  multiple: (question, update) => drawOptions(question, update, true),
  boolean: drawTruth,
  blank: drawBlanks,
  numeric: drawNumber,
};

function drawOptions(question, update, several) {
  const name = unique("right");
  const rows = h("div");
  const draw = (focus) => {
    put(rows, ...question.options.map((option, n) => {
      const tick = h("input", {
        type: several ? "checkbox" : "radio",
        name,
        checked: Boolean(option.right),
        "aria-label": t("Option {n} is right", { n: n + 1 }),
        onchange() {
          for (const one of question.options) if (!several) one.right = false;
          option.right = tick.checked;
          update();
        },
      });
      const text = h("input", { value: option.text, autocomplete: "off", "aria-label": t("Option {n}", { n: n + 1 }), oninput() {
        option.text = text.value;
        update();
      } });
      const away = h("button.compose-icon", { type: "button", "aria-label": t("Take away option {n}", { n: n + 1 }), disabled: question.options.length <= 2, onclick() {
        question.options.splice(n, 1);
        draw(Math.max(0, n - 1));
        update();
      } }, "×");
      return h("div.compose-option", null, h("label.compose-tick", null, tick, h("span", { "aria-hidden": "true" }, t("right"))), text, away);
    }));
    if (focus !== undefined) rows.querySelectorAll(".compose-option > input")[focus].focus();
  };
  draw();
  const add = button(t("Add an option"), () => {
    question.options.push({ text: "", right: false });
    draw(question.options.length - 1);
    update();
  });
  return { element: h("fieldset.compose-options", null,
    h("legend", null, several ? t("Options: tick all that are right") : t("Options: tick the right one")), rows, add) };
}

function drawTruth(question, update) {
  const name = unique("truth");
  const choice = (value, words) => {
    const input = h("input", { type: "radio", name, checked: question.right === value, onchange() {
      question.right = value;
      update();
    } });
    return h("label.compose-tick", null, input, h("span", null, words));
  };
  return { element: h("fieldset.compose-options", null, h("legend", null, t("This statement is")), choice(true, t("true")), choice(false, t("false"))) };
}

function drawBlanks(question, update, stem) {
  const rows = h("div");
  const redraw = () => {
    const count = Math.max(1, (question.stem.match(GAP) || []).length);
    while (question.blanks.length < count) question.blanks.push([""]);
    if (question.blanks.length > count) question.blanks.length = count;
    if (rows.childElementCount === count) return;
    put(rows, ...question.blanks.map((blank, n) => {
      const input = h("input", { value: blank.join(t("; ")), autocomplete: "off", oninput() {
        const texts = input.value.split(/[;；]/).map((one) => one.trim()).filter(Boolean);
        question.blanks[n] = texts.length ? texts : [""];
        update();
      } });
      return field(t("Blank {n}", { n: n + 1 }), input, n === 0 && t("Several right spellings are separated by ;"));
    }));
  };
  redraw();
  const add = button(t("Insert a blank"), () => {
    stem.setRangeText("____", stem.selectionStart, stem.selectionEnd, "end");
    question.stem = stem.value;
    redraw();
    stem.focus();
    update();
  });
  return { element: h("div.compose-options", null, add, rows), redraw };
}

function drawNumber(question, update) {
  if (!question.answers.length) question.answers.push({ value: null });
  const [answer] = question.answers;
  const number = (key, words) => {
    const input = h("input", { inputmode: "decimal", autocomplete: "off", value: typeof answer[key] === "number" ? answer[key] : "", oninput() {
      const text = input.value.normalize("NFKC").trim();
      const value = Number(text);
      if (text && Number.isFinite(value)) answer[key] = value;
      else if (key === "value") answer.value = null;
      else delete answer[key];
      update();
    } });
    return field(words, input);
  };
  const unit = h("input", { autocomplete: "off", value: answer.unit || "", oninput() {
    if (unit.value.trim()) answer.unit = unit.value.trim();
    else delete answer.unit;
    update();
  } });
  return { element: h("div.compose-three", null,
    number("value", t("Right number")), number("tolerance", t("± may differ by")), field(t("Unit"), unit)) };
}
