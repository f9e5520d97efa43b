// Order by drag, with a mouse, a pen or a finger. What is dragged stays in its place until it is let
// go, and a line shows where it will go. Meanwhile each part is as low as its name, so that a long
// lesson is a short list.

import { h } from "./dom.js";

const SLOP = 6; // pixels; less is a click
const EDGE = { top: 130, bottom: 80 }; // where the page scrolls by itself
const STEP = 12;

/**
 * Let `handle` drag `item` among its brothers. `begin()` is told when it moves, `drop(before)` which
 * brother it was put before, null for the end.
 */
export function draggable(item, handle, { begin, drop }) {
  handle.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.isPrimary) new Drag(item, handle, { begin, drop }).start(event);
  });
}

class Drag {
  constructor(item, handle, { begin, drop }) {
    Object.assign(this, { item, handle, begin, drop, moving: false });
    this.list = item.parentNode;
    this.line = h("li.compose-line", { "aria-hidden": "true" });
    const sort = item.classList[0];
    this.others = () => Array.from(this.list.children).filter((one) => one.classList.contains(sort));
  }

  start(event) {
    event.preventDefault();
    this.from = event.clientY;
    this.listeners = {
      pointermove: (moved) => this.move(moved.clientY),
      pointerup: () => this.end(true),
      pointercancel: () => this.end(false),
      lostpointercapture: () => this.end(false),
    };
    for (const [name, act] of Object.entries(this.listeners)) this.handle.addEventListener(name, act);
    this.escape = ({ key }) => key === "Escape" && this.end(false);
    document.addEventListener("keydown", this.escape);
    this.handle.setPointerCapture(event.pointerId);
  }

  move(y) {
    this.y = y;
    if (!this.moving) {
      if (Math.abs(y - this.from) < SLOP) return;
      this.moving = true;
      this.begin();
      this.fold(true);
      this.scroll();
    }
    this.point();
  }

  /** Everything low, or as it was; what is dragged stays where the eye is. */
  fold(on) {
    const before = this.item.getBoundingClientRect().top;
    this.list.classList.toggle("compose-dragging", on);
    this.item.classList.toggle("compose-dragged", on);
    if (!on) this.line.remove();
    window.scrollBy(0, this.item.getBoundingClientRect().top - before);
  }

  point() {
    const below = this.others().find((one) => {
      const { top, height } = one.getBoundingClientRect();
      return this.y < top + height / 2;
    });
    this.before = below || null;
    if (this.line.parentNode !== this.list || this.line.nextSibling !== this.before) this.list.insertBefore(this.line, this.before);
  }

  scroll() {
    if (!this.moving) return;
    const by = this.y < EDGE.top ? -STEP : this.y > window.innerHeight - EDGE.bottom ? STEP : 0;
    if (by) {
      window.scrollBy(0, by);
      this.point();
    }
    window.requestAnimationFrame(() => this.scroll());
  }

  end(dropping) {
    for (const [name, act] of Object.entries(this.listeners)) this.handle.removeEventListener(name, act);
    document.removeEventListener("keydown", this.escape);
    if (!this.moving) return;
    this.moving = false;
    const all = this.others();
    const same = this.before === this.item || this.before === (all[all.indexOf(this.item) + 1] || null);
    if (dropping && !same) this.drop(this.before);
    this.fold(false);
    this.item.scrollIntoView({ block: "nearest" });
  }
}
