// What single choice, multiple choice and true/false share: native inputs in large labels.

import { fill, h, icon, unique } from "./dom.js";

/**
 * Options are [{id, html}] or [{id, text}]; `several` makes checkboxes.
 * read() returns the list of picked ids; the type turns it into its response.
 */
export function drawChoice(options, { several, t, lang, changed }) {
  const name = unique("choice");
  const rows = options.map((option) => {
    const id = unique("option");
    const input = h("input.wq-input", {
      type: several ? "checkbox" : "radio",
      name,
      id,
      "aria-describedby": id + "-note",
      onchange: () => changed("choice"),
    });
    const ours = option.text !== undefined;
    const text = h("span.wq-option-text", { lang: ours ? null : lang });
    if (ours) text.textContent = option.text;
    else fill(text, option, "html");
    const verdict = h("span.wq-verdict");
    const note = h("div.wq-option-note", { id: id + "-note", lang });
    const label = h("label.wq-option", { for: id }, input, text, " ", verdict);
    return { id: option.id, input, label, verdict, note, row: h("div.wq-option-row", null, label, note) };
  });

  return {
    element: h("div.wq-options", null, ...rows.map(({ row }) => row)),
    read: () => rows.filter(({ input }) => input.checked).map(({ id }) => id),
    write(picked) {
      for (const { id, input } of rows) input.checked = picked.includes(id);
    },
    lock(locked) {
      for (const { input } of rows) input.disabled = locked;
    },
    /** marks is {optionId: {right, html?}}; null clears. */
    mark(marks) {
      for (const { id, input, label, verdict, note } of rows) {
        verdict.textContent = note.textContent = "";
        label.classList.remove("wq-is-right", "wq-is-wrong");
        const mark = marks && marks[id];
        if (!mark) continue;
        const word = verdictWord(t, mark.right, input.checked);
        if (word) {
          label.classList.add(mark.right ? "wq-is-right" : "wq-is-wrong");
          verdict.append(icon(mark.right ? "right" : "wrong"), word);
        }
        if (mark.html) fill(note, mark, "html");
      }
    },
    focus() {
      const picked = rows.find(({ input }) => input.checked) || rows[0];
      if (picked) picked.input.focus();
    },
  };
}

function verdictWord(t, right, picked) {
  if (right) return picked ? t("Your choice, right") : t("Right answer");
  return picked ? t("Your choice, wrong") : "";
}

/** The protocol's feedback options as {id: mark}. */
export function marksOf(feedback) {
  const marks = {};
  for (const option of (feedback && feedback.options) || []) marks[option.id] = option;
  return marks;
}
