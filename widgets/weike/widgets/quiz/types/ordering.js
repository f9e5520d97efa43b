// Ordering: the response is the list of all ids, moved up and down by buttons.

import { fill, h, icon, put } from "../dom.js";
import { register } from "../types.js";

register("ordering", {
  label: (t) => t("Ordering"),
  hint: (t) => t("Bring them into the right order, the first on top."),
  missing: (t) => t("Move at least one of them first: they do not stand in the right order yet."),
  draw(item, { t, lang, changed }) {
    const rows = item.options.map((option) => row(option));
    const list = h("ol.wq-order");
    const told = h("p.wq-sr", { role: "status" });
    let order = rows.slice();
    let moved = false;

    function row(option) {
      const text = fill(h("span.wq-order-text", { lang }), option, "html");
      const verdict = h("span.wq-verdict");
      const one = { id: option.id, text, verdict };
      one.up = arrow("up", t("Move up: {text}", { text: text.textContent }), () => move(one, -1));
      one.down = arrow("down", t("Move down: {text}", { text: text.textContent }), () => move(one, 1));
      one.element = h("li.wq-order-row", null,
        h("span.wq-order-what", null, text, " ", verdict), one.up, one.down);
      return one;
    }

    function arrow(name, label, onclick) {
      return h("button.wq-order-move", { type: "button", "aria-label": label, onclick }, icon(name));
    }

    function move(one, by) {
      const from = order.indexOf(one);
      order.splice(from, 1);
      order.splice(from + by, 0, one);
      moved = true;
      arrange();
      const here = by < 0 ? one.up : one.down;
      (here.disabled ? (by < 0 ? one.down : one.up) : here).focus();
      told.textContent = t("{text}: place {n} of {count}", {
        text: one.text.textContent, n: from + by + 1, count: order.length,
      });
      changed("choice");
    }

    function arrange(locked = false) {
      put(list, ...order.map(({ element }) => element));
      order.forEach((one, place) => {
        one.up.disabled = locked || place === 0;
        one.down.disabled = locked || place === order.length - 1;
      });
    }

    arrange();
    return {
      element: h("div", null, list, told),
      read: () => (moved ? order.map(({ id }) => id) : null),
      write(response) {
        moved = Array.isArray(response) && response.length === rows.length;
        order = moved ? response.map((id) => rows.find((one) => one.id === id)) : rows.slice();
        arrange();
      },
      lock: (locked) => arrange(locked),
      mark(feedback) {
        const right = (feedback && feedback.order) || null;
        order.forEach((one, place) => {
          const belongs = right ? right.indexOf(one.id) : -1;
          one.element.classList.toggle("wq-is-right", belongs === place);
          one.element.classList.toggle("wq-is-wrong", belongs >= 0 && belongs !== place);
          put(one.verdict, belongs >= 0 && icon(belongs === place ? "right" : "wrong"),
            belongs >= 0 && (belongs === place ? t("Right") : t("Belongs in place {n}", { n: belongs + 1 })));
        });
      },
      focus: () => (order[0].down.disabled ? order[0].up : order[0].down).focus(),
    };
  },
});
