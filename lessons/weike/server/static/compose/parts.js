// The parts of the lesson in their order: moved, deleted and brought back, added.

import { drawBlock, drawGone, gist, kindWord } from "./block.js";
import { focusFirst, h, put } from "./dom.js";
import { draggable } from "./drag.js";
import { t } from "./words.js";

export class Parts {
  /** `page` holds the document, `adding` is the element that adds a part, which has a home. */
  constructor({ page, list, adding, notice }) {
    Object.assign(this, { page, list, adding, notice });
    this.home = adding.parentNode;
    this.items = new Map();
  }

  get blocks() {
    return this.page.document.blocks;
  }

  shown() {
    return this.blocks.filter(({ kind }) => kind !== "setup");
  }

  draw() {
    this.goHome();
    this.items.clear();
    put(this.list);
    for (const block of this.shown()) {
      const item = this.item(block);
      this.list.append(item);
    }
  }

  item(block) {
    const act = {
      up: () => this.move(block, -1),
      down: () => this.move(block, 1),
      remove: () => this.remove(block),
      below: () => this.addBelow(block),
    };
    const item = drawBlock(block, { page: this.page, act, changed: () => this.page.changed() });
    this.items.set(block, item);
    draggable(item, item.querySelector(".compose-handle"), {
      begin: () => this.tellGists(),
      drop: (before) => this.dropped(block, before),
    });
    return item;
  }

  /** Two texts look alike while they are dragged but for their first words. */
  tellGists() {
    for (const [block, item] of this.items) put(item.querySelector(".compose-gist"), gist(block));
  }

  /** Put a block where its neighbour stands. */
  place(block, before) {
    const { blocks } = this;
    const at = blocks.indexOf(block);
    if (at >= 0) blocks.splice(at, 1);
    const to = before ? blocks.indexOf(before) : blocks.length;
    blocks.splice(to < 0 ? blocks.length : to, 0, block);
    this.list.insertBefore(this.items.get(block), before ? this.items.get(before) : null);
    this.page.changed();
  }

  tellPlace(block) {
    const shown = this.shown();
    this.notice.announce(t("{what} is now part {n} of {all}", { what: kindWord(block), n: shown.indexOf(block) + 1, all: shown.length }));
  }

  dropped(block, before) {
    const found = this.shown().find((one) => this.items.get(one) === before);
    this.place(block, found || null);
    this.tellPlace(block);
  }

  move(block, by) {
    const shown = this.shown();
    const to = shown.indexOf(block) + by;
    if (to < 0 || to >= shown.length) return;
    this.place(block, (by < 0 ? shown[to] : shown[to + 1]) || null);
    const item = this.items.get(block);
    item.querySelector(by < 0 ? ".compose-up" : ".compose-down").focus();
    item.scrollIntoView({ block: "nearest" });
    this.tellPlace(block);
  }

  remove(block) {
    const { blocks } = this;
    const following = blocks[blocks.indexOf(block) + 1];
    const item = this.items.get(block);
    blocks.splice(blocks.indexOf(block), 1);
    const gone = drawGone(block, () => {
      this.items.set(block, item);
      this.list.insertBefore(item, gone);
      gone.remove();
      this.place(block, following && this.items.has(following) ? following : null);
      focusFirst(item);
    });
    this.list.insertBefore(gone, item);
    item.remove();
    this.items.delete(block);
    gone.querySelector("button").focus();
    this.page.changed();
  }

  add(block) {
    const { blocks } = this;
    const above = blocks.indexOf(this.above);
    this.item(block);
    this.place(block, (above >= 0 && blocks[above + 1]) || null);
    this.goHome();
    focusFirst(this.items.get(block));
    this.items.get(block).scrollIntoView({ block: "nearest" });
  }

  addBelow(block) {
    this.goHome();
    this.above = block;
    this.here = h("li.compose-here", null, this.adding);
    this.list.insertBefore(this.here, this.items.get(block).nextSibling);
    this.adding.querySelector("button").focus();
  }

  /** The buttons that add a part, back to the end of the lesson. */
  goHome() {
    this.above = null;
    this.home.append(this.adding);
    if (this.here) this.here.remove();
  }

  /** A first heading that says the title goes along with it. */
  retitle(old, title) {
    const first = this.blocks.find(({ kind }) => kind === "text");
    const head = "# " + old;
    if (!first || !(first.text === head || first.text.startsWith(head + "\n"))) return;
    first.text = "# " + title + first.text.slice(head.length);
    this.items.get(first).querySelector("textarea").value = first.text;
  }
}
