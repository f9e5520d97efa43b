// What the lesson was before, and the way back.

import { button, h, put } from "./dom.js";
import { ask } from "./server.js";
import { reason, t } from "./words.js";

export class History {
  /** `show(id)` looks at a revision; `restored(answer)` and `changed(error)` say what came of it. */
  constructor({ address, saver, notice, show, restored, changed }) {
    Object.assign(this, { address, saver, notice, show, restored, changed });
  }

  async open() {
    await this.saver.flush();
    const place = h("div.card", null, h("p", { role: "status" }, t("One moment…")));
    this.notice.show(place);
    try {
      const { revisions } = await ask("GET", this.address);
      put(place, h("h2", { tabindex: -1 }, t("History")),
        revisions.length
          ? h("ul.compose-history", null, ...revisions.map((one) => this.row(one)))
          : h("p.help", null, t("Nothing was changed here yet.")));
      place.querySelector("h2").focus();
    } catch (error) {
      put(place, h("p", { role: "alert" }, reason(error)));
    }
  }

  row({ id, at, by, note, hash }) {
    const now = hash === this.saver.hash;
    return h("li", null,
      h("span", null, at, " · ", by, note && " · " + note, now && h("strong", null, " · ", t("now"))),
      h("span.compose-acts", null,
        button(t("Look"), () => this.show(id), { label: t("Look at {when}", { when: at }) }),
        !now && button(t("Bring back"), () => this.restore(id), { label: t("Bring back {when}", { when: at }) })));
  }

  async restore(id) {
    try {
      await this.saver.flush();
      this.restored(await ask("POST", this.address, { revision: id, expected: this.saver.hash }));
      this.notice.say(t("That version is back. The one before it stands in the history."));
    } catch (error) {
      if (error.code === "changed") this.changed(error);
      else this.notice.say(reason(error), true);
    }
  }
}
