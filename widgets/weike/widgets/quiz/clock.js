// A countdown from the server's own times. The phone's clock is never asked what time it is: only
// how long ago the server spoke.

import { h, icon, put, show } from "./dom.js";
import { clockFace, secondsBetween } from "./words.js";

const ANNOUNCED = [300, 60];
const LONG = 86400; // a quiz that closes next week needs no ticking clock

export class Countdown {
  constructor({ t, announce, ended }) {
    Object.assign(this, { t, announce, ended });
    this.element = h("span.wq-clock", { role: "timer", "aria-live": "off", hidden: true });
  }

  /** Count from the server's `now` to its `deadline`, both ISO; call again to set it right. */
  start(now, deadline) {
    this.stop();
    const seconds = secondsBetween(now, deadline);
    const heard = performance.now();
    this.left = () => seconds - (performance.now() - heard) / 1000;
    this.shown = Infinity;
    this.timer = setInterval(() => this.tick(), 500);
    this.tick();
  }

  tick() {
    const left = Math.max(0, Math.ceil(this.left()));
    if (left === this.shown) return;
    for (const mark of ANNOUNCED) {
      if (left <= mark && this.shown > mark && this.shown !== Infinity) {
        this.announce(this.t("{n} min left", { n: mark / 60 }));
      }
    }
    this.shown = left;
    show(this.element, left <= LONG);
    this.element.classList.toggle("wq-soon", left <= 60);
    put(this.element, icon("clock"), h("span.wq-sr", null, this.t("Time left"), " "), clockFace(left));
    if (left === 0) {
      this.stop();
      this.ended();
    }
  }

  stop() {
    clearInterval(this.timer);
  }
}
