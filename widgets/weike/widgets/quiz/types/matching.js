// Matching: the response is a list of pairs of ids. A list to choose from stands beside each left
// side: nothing has to be dragged, and a phone shows its own large picker.

import { fill, h, icon, put, unique } from "../dom.js";
import { register } from "../types.js";

register("matching", {
  label: (t) => t("Matching"),
  hint: (t) => t("Choose what belongs to each."),
  draw(item, { t, lang, changed }) {
    const rights = item.right.map((option) => ({
      id: option.id,
      shown: fill(h("span", { lang }), option, "html"),
    }));
    // A picker shows plain text only; formulas and pictures are listed above it under a letter.
    const lettered = rights.some(({ shown }) => shown.querySelector("*"));
    rights.forEach((one, i) => {
      one.name = lettered ? String.fromCharCode(65 + i) : one.shown.textContent;
    });
    const nameOf = (id) => rights.find((one) => one.id === id).name;

    const rows = item.left.map((option) => {
      const id = unique("match");
      const select = h("select.wq-field.wq-match-pick", {
        id,
        onchange: () => changed("choice"),
      }, h("option", { value: "" }, t("Choose…")),
      ...rights.map((one) => h("option", { value: one.id, lang }, one.name)));
      const verdict = h("span.wq-verdict");
      const label = fill(h("label.wq-match-left", { for: id, lang }), option, "html");
      return { id: option.id, select, verdict, element: h("div.wq-match-row", null, label, select, verdict) };
    });

    return {
      element: h("div.wq-match", null,
        lettered && h("ol.wq-match-list", { type: "A" }, ...rights.map(({ shown }) => h("li", null, shown))),
        ...rows.map(({ element }) => element)),
      empty: [],
      read() {
        const pairs = rows.filter(({ select }) => select.value).map(({ id, select }) => [id, select.value]);
        return pairs.length ? pairs : null;
      },
      write(response) {
        const picked = new Map(response || []);
        for (const { id, select } of rows) select.value = picked.get(id) || "";
      },
      lock(locked) {
        for (const { select } of rows) select.disabled = locked;
      },
      mark(feedback) {
        const pairs = (feedback && feedback.pairs) || [];
        for (const { id, element, verdict } of rows) {
          const pair = pairs.find(({ left }) => left === id);
          element.classList.toggle("wq-is-right", Boolean(pair && pair.correct));
          element.classList.toggle("wq-is-wrong", Boolean(pair && !pair.correct));
          put(verdict, pair && icon(pair.correct ? "right" : "wrong"),
            pair && (pair.correct ? t("Right") : t("Right answer: {text}", { text: nameOf(pair.right) })));
        }
      },
      focus: () => (rows.find(({ select }) => !select.value) || rows[0]).select.focus(),
    };
  },
});
