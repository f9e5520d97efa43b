// A document from Word as a new lesson.

import { h, put } from "./dom.js";
import { upload } from "./server.js";
import { reason, t } from "./words.js";

export class Bringing {
  constructor(place) {
    this.place = place;
    this.input = place.querySelector("input[type=file]");
    this.state = place.querySelector("[role=status]");
  }

  start() {
    this.input.addEventListener("change", () => {
      const [file] = this.input.files;
      if (file) this.bring(file);
    });
  }

  async bring(file) {
    const bar = h("progress", { max: 1, value: 0, "aria-label": t("Sending") });
    put(this.state, t("Sending {name}…", { name: file.name }), " ", bar);
    try {
      const made = await upload(this.place.dataset.address, file, file.name, (share) => {
        bar.value = share;
        if (share === 1) put(this.state, t("Reading {name}… A long document takes a minute.", { name: file.name }));
      });
      const address = this.place.dataset.address.replace(/bring$/, made.slug + "/edit");
      if (!made.findings.length) {
        location.assign(address);
        return;
      }
      put(this.state,
        h("strong", null, t("The lesson is made. Please look at this:")),
        h("ul", null, ...made.findings.map((one) => h("li", null, one))),
        h("a.button", { href: address }, t("Go on writing")));
    } catch (error) {
      put(this.state, reason(error));
    }
    this.input.value = "";
  }
}
