// The composer: a document of parts, saved by itself, shown as members see it. The parts, the bar,
// the preview and the history have modules of their own; here they meet.

import { fillAbout } from "./about.js";
import { drawAdding } from "./adding.js";
import { askWhich } from "./conflict.js";
import { button, h, put } from "./dom.js";
import { check } from "./findings.js";
import { History } from "./history.js";
import { Notice } from "./notice.js";
import { Parts } from "./parts.js";
import { Preview } from "./preview.js";
import { Saver } from "./saver.js";
import { ask } from "./server.js";
import { State } from "./state.js";
import { reason, t } from "./words.js";

export class Composer {
  constructor(root, data) {
    const find = (id) => document.getElementById("compose-" + id);
    this.base = root.dataset.base;
    this.slug = data.slug;
    this.folder = data.folder;
    this.links = data.links;
    this.document = data.document;
    this.unfinished = data.unfinished;
    this.acts = find("acts");
    this.state = new State(find("state"));
    this.notice = new Notice(find("notice"));
    this.saver = new Saver({
      address: this.address("document"),
      name: "weike-compose:" + data.member + ":" + data.slug,
      hash: data.hash,
      read: () => this.read(),
      tell: (state, error) => this.tell(state, error),
      acknowledged: (answer, blocks) => this.acknowledged(answer, blocks),
    });
    this.preview = new Preview({ root, frame: find("frame"), address: this.address("draft"), flush: () => this.saver.flush() });
    this.parts = new Parts({ page: this, list: find("blocks"), adding: find("add"), notice: this.notice });
    this.history = new History({
      address: this.address("history"),
      saver: this.saver,
      notice: this.notice,
      show: (id) => this.preview.show(id),
      restored: (answer) => this.restored(answer),
      changed: (error) => this.tell("conflict", error),
    });
  }

  start() {
    this.show();
    this.drawActs();
    drawAdding(this.parts.adding, { page: this, parts: this.parts, notice: this.notice });
    this.tell("saved");
    this.takeUp();
    this.preview.start();
    document.addEventListener("visibilitychange", () => document.hidden || this.lookAgain());
  }

  address(what) {
    return this.base + this.slug + "/" + what;
  }

  // What the parts ask for

  fileAddress(src) {
    const parts = (this.folder + "/" + src).split("/");
    return this.address("files/" + parts.map(encodeURIComponent).join("/"));
  }

  newId(sign) {
    const bytes = crypto.getRandomValues(new Uint8Array(4));
    return sign + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  said(block, question) {
    return this.unfinished[block.key + "/" + question.id] || [];
  }

  banks() {
    if (!this.known) {
      this.known = ask("GET", this.base + "banks").then(({ banks }) => banks);
      this.known.catch(() => {
        this.known = null;
      });
    }
    return this.known;
  }

  changed() {
    this.saver.changed();
  }

  // The document

  /** What is sent: the server keeps the text of parts that the page does not understand. */
  read() {
    const blocks = this.document.blocks.slice();
    const sent = blocks.map((block) => {
      if (block.kind !== "kept") return block;
      return { key: block.key, kind: block.kind };
    });
    const copy = JSON.parse(JSON.stringify({ ...this.document, blocks: sent }));
    return { document: copy, blocks };
  }

  acknowledged(answer, blocks) {
    this.unfinished = answer.unfinished;
    const made = answer.document.blocks;
    const [first] = made;
    if (first && first.kind === "setup" && !blocks.some(({ kind }) => kind === "setup")) {
      this.document.blocks.unshift(first);
      blocks.unshift(first);
    }
    if (made.length === blocks.length) blocks.forEach((block, n) => {
      block.key = made[n].key;
    });
    this.preview.load();
  }

  show() {
    fillAbout(this.document, { changed: () => this.changed(), retitled: (old, title) => this.parts.retitle(old, title) });
    this.parts.draw();
  }

  /** Show another document, such as an older one. */
  replace({ document: found, hash, unfinished }) {
    this.document = found;
    this.unfinished = unfinished || {};
    this.saver.follow(hash);
    this.show();
  }

  /** What an earlier visit, or a tab that is closed, could not save. */
  takeUp() {
    const records = this.saver.kept();
    const kept = records.pop();
    for (const older of records) this.saver.setAside(older);
    if (!kept) return;
    if (JSON.stringify(kept.document) === JSON.stringify(this.read().document)) {
      this.saver.drop(kept);
      return;
    }
    const theirs = { document: this.document, hash: this.saver.hash, unfinished: this.unfinished };
    const texts = new Map(this.document.blocks.map((block) => [block.key, block]));
    const blocks = kept.document.blocks.map((block) => (block.kind === "kept" ? texts.get(block.key) : block)).filter(Boolean);
    this.replace({ ...theirs, document: { ...kept.document, blocks } });
    this.saver.taken = kept;
    if (kept.hash !== theirs.hash) this.saver.follow(kept.hash);
    this.notice.say(t("What was not saved last time is here again."));
    this.changed();
  }

  /** Back at this page: what somebody else, or another tab, has written meanwhile. */
  async lookAgain() {
    const idle = () => !this.saver.dirty && !this.saver.stopped;
    if (!idle()) return;
    try {
      const found = await ask("GET", this.address("document"));
      if (!idle() || found.hash === this.saver.hash) return;
      this.replace(found);
      this.notice.say(t("This lesson was changed elsewhere; you see its newest state."));
      this.preview.load();
    } catch {
      // Without a connection the page stays as it is.
    }
  }

  // The bar above

  drawActs() {
    put(this.acts,
      this.preview.button,
      button(t("Check the lesson"), () => this.check()),
      button(t("History"), () => this.history.open()),
      ...this.links.map(({ href, words, sort }) => h("a.button.small" + (sort || ""), { href, onclick: (event) => this.leave(event, href) }, words)));
  }

  async check() {
    await this.saver.flush();
    await check({ address: this.address("findings"), parts: this.parts, notice: this.notice });
  }

  /** To the next page only with everything saved. */
  async leave(event, href) {
    if (!this.saver.dirty) return;
    event.preventDefault();
    await this.saver.flush();
    if (!this.saver.dirty) location.assign(href);
  }

  tell(state, error) {
    this.state.show(state);
    if (state === "conflict") this.conflict(error);
    if (state === "refused") this.refused(error);
  }

  refused(error) {
    if (error.code !== "sign_in") {
      this.notice.say(error.message, true);
      return;
    }
    const login = this.base.replace(/teach\/lessons\/$/, "login") + "?next=" + encodeURIComponent(location.pathname);
    this.notice.say(t("You are not signed in any more. What you wrote is kept on this device."), true,
      h("a.button.small", { href: login }, t("Sign in")));
  }

  // Two versions

  conflict(error) {
    if (!error.body.document) {
      this.notice.say(error.message || t("This lesson is gone."), true);
      return;
    }
    askWhich(this.notice, {
      look: () => this.preview.show(),
      mine: () => this.keepMine(error.body.hash),
      theirs: () => this.takeTheirs(),
    });
  }

  async keepMine(hash) {
    this.notice.clear();
    this.saver.follow(hash);
    this.saver.changed();
    await this.saver.flush();
  }

  async takeTheirs() {
    try {
      await this.saver.setAside({ document: this.read().document });
      this.restored(await ask("GET", this.address("document")));
      this.notice.say(t("The other version goes on. Yours stands in the history."));
    } catch (error) {
      this.notice.say(reason(error), true);
    }
  }

  restored(answer) {
    this.replace(answer);
    this.saver.dirty = false;
    this.saver.forget();
    this.tell("saved");
    this.preview.load(true);
  }
}
