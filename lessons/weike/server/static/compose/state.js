// Whether everything is saved, in words at the top of the page.

import { put } from "./dom.js";
import { t } from "./words.js";

export class State {
  constructor(place) {
    this.place = place;
  }

  /** "saved", "unsaved", "offline", "conflict" or "refused". */
  show(state) {
    if (state === this.shown) return;
    this.shown = state;
    const words = { saved: t("Saved"), offline: t("Offline") + " · " + t("kept on this device") };
    this.place.className = "compose-state compose-" + state;
    put(this.place, words[state] || t("Not saved"));
  }
}
