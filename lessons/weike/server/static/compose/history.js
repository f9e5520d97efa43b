// What the lesson was before, and the way back.

import { button, h, put } from "./dom.js";
import { ask } from "./server.js";
import { t } from "./words.js";

/** Draw the list into `place`; `show(id)` looks at a revision, `restore(id)` brings it back. */
export async function drawHistory(place, { address, hash, show, restore }) {
  put(place, h("p", { role: "status" }, t("One moment…")));
  let found;
  try {
    found = (await ask("GET", address)).revisions;
  } catch (error) {
    put(place, h("p", { role: "alert" }, error.message || t("There is no connection. Please try again.")));
    return;
  }
  const rows = found.map((one) => h("li", null,
    h("span", null, one.at, " · ", one.by, one.note && " · " + one.note, one.hash === hash() && h("strong", null, " · ", t("now"))),
    h("span.compose-acts", null,
      button(t("Look"), () => show(one.id), { label: t("Look at {when}", { when: one.at }) }),
      one.hash !== hash() && button(t("Bring back"), () => restore(one.id), { label: t("Bring back {when}", { when: one.at }) }))));
  put(place, h("h2", { tabindex: -1 }, t("History")),
    rows.length ? h("ul.compose-history", null, ...rows) : h("p.help", null, t("Nothing was changed here yet.")));
  place.querySelector("h2").focus();
}
