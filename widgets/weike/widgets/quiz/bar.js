// The bar at the bottom: is everything saved, how much time is left, and the next step.

import { h, icon, put, show } from "./dom.js";

export class Bar {
  /** `act` is {back, check, next, submit, result}: what the buttons do. */
  constructor({ t, act, clock }) {
    this.t = t;
    this.status = h("span.wq-status");
    this.count = h("span.wq-count");
    this.notice = h("div.wq-notice", { hidden: true });
    const button = (kind, word, ...icons) =>
      h("button.wq-button.wq-go-" + kind, { type: "button", hidden: true, onclick: act[kind] },
        icons[0], h("span", null, word), icons[1]);
    this.buttons = {
      back: button("back", t("Back"), icon("back")),
      check: button("check", t("Check")),
      result: button("result", t("Back to the result")),
      next: button("next", t("Next"), null, icon("next")),
      submit: button("submit", t("Submit")),
    };
    this.element = h("div.wq-bar", null,
      this.notice,
      h("div.wq-state", null, this.status, clock, this.count),
      h("div.wq-buttons", null, ...Object.values(this.buttons)));
    this.setState("saved");
  }

  setState(state) {
    if (this.state === state) return;
    this.state = state;
    const words = { saved: this.t("Saved"), unsaved: this.t("Not saved"), offline: this.t("Offline") };
    this.status.className = "wq-status wq-" + state;
    put(this.status, icon(state), words[state]);
  }

  setCount(text) {
    this.count.textContent = text;
  }

  /** Show exactly these buttons; the primary one is what most people want now. */
  offer({ kinds, primary }, { busy }) {
    for (const [kind, button] of Object.entries(this.buttons)) {
      show(button, kinds.includes(kind));
      button.classList.toggle("wq-primary", kind === primary);
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  /** A sentence above the buttons, with a link if there is somewhere to go; "" takes it away. */
  tell(message, link) {
    const text = message + (link ? link.href : "");
    if (this.told === text) return;
    this.told = text;
    put(this.notice,
      message && h("p", null, message),
      link && h("a.wq-button", { href: link.href }, link.text));
    show(this.notice, Boolean(message));
  }
}
