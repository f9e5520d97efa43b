// What the page has to say, in one place below its bar.

import { h, put } from "./dom.js";

export class Notice {
  constructor(place) {
    this.place = place;
  }

  say(words, wrong = false, ...more) {
    this.show(h("div.notice" + (wrong ? ".wrong" : ""), { role: wrong ? "alert" : "status" }, h("p", null, words), ...more));
    // Whoever writes far below would not know why nothing is saved.
    if (wrong) this.place.scrollIntoView({ block: "nearest" });
  }

  /** For those only who hear the page. */
  announce(words) {
    this.show(h("p.unseen", { role: "status" }, words));
  }

  show(element) {
    put(this.place, element);
  }

  clear() {
    put(this.place);
  }
}
