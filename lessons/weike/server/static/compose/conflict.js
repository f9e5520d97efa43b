// Somebody else has saved: both versions stay, and a person chooses.

import { button, h } from "./dom.js";
import { t } from "./words.js";

/** `mine()` goes on with what stands here, `theirs()` with the file, `look()` shows the file. */
export function askWhich(notice, { look, mine, theirs }) {
  notice.say(t("This lesson was changed elsewhere while you were writing. Both versions are kept in the history; which one is to go on?"), true,
    h("p.compose-acts", null,
      button(t("Look at the other version"), look),
      button(t("Go on with mine"), mine, { quiet: false }),
      button(t("Go on with the other"), theirs)));
}
