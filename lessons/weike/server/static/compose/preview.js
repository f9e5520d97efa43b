// The lesson as members see it, in a frame beside the parts or, on a phone, in their place.

import { button } from "./dom.js";
import { t } from "./words.js";

const WIDE = "(min-width: 64em)";

export class Preview {
  /** `flush()` saves what is written, so that it can be seen. */
  constructor({ root, frame, address, flush }) {
    Object.assign(this, { root, frame, address, flush });
    this.button = button(t("Preview"), () => this.toggle(), { more: ".compose-narrow" });
    this.button.setAttribute("aria-pressed", "false");
  }

  start() {
    const wide = window.matchMedia(WIDE);
    if (wide.matches) this.load();
    wide.addListener(() => wide.matches && this.load());
  }

  toggle() {
    const on = !this.root.classList.contains("compose-looking");
    this.look(on);
    if (on) {
      this.flush();
      this.load(true);
    }
  }

  look(on) {
    this.root.classList.toggle("compose-looking", on);
    this.button.setAttribute("aria-pressed", String(on));
  }

  /** To the file as it is saved, or to one of its revisions. */
  show(revision) {
    this.look(true);
    if (revision) this.frame.src = this.address + "?revision=" + encodeURIComponent(revision);
    else this.load(true);
    this.frame.parentNode.scrollIntoView({ block: "start" });
  }

  /** Load the page again as it is saved, where it can be seen, and stay at the place. */
  load(anew = false) {
    const { frame, address } = this;
    if (!frame.offsetParent) return;
    if (anew || !frame.getAttribute("src")) {
      frame.src = address;
      return;
    }
    const inside = frame.contentWindow;
    const y = inside.scrollY;
    frame.onload = () => {
      frame.onload = null;
      inside.scrollTo(0, y);
    };
    inside.location.replace(address);
  }
}
