// The composer: the lesson's parts in their order, saved by itself, shown as members see it.

import { drawBlock, drawGone, kindWord } from "./block.js";
import { button, focusFirst, h, put } from "./dom.js";
import { drawHistory } from "./history.js";
import { chooser } from "./media.js";
import { unfinishedIn } from "./quiz.js";
import { Saver } from "./saver.js";
import { ask } from "./server.js";
import { t } from "./words.js";

const ABOUT = ["title", "topic", "audience", "language"];
const WIDE = "(min-width: 64em)";

export class Composer {
  constructor(root, data) {
    this.root = root;
    this.base = root.dataset.base;
    this.slug = data.slug;
    this.folder = data.folder;
    this.links = data.links;
    this.document = data.document;
    this.unfinished = data.unfinished;
    this.find = (id) => document.getElementById("compose-" + id);
    this.list = this.find("blocks");
    this.items = new Map();
    this.saver = new Saver({
      address: this.address("document"),
      name: "weike-compose:" + data.member + ":" + data.slug,
      hash: data.hash,
      read: () => this.read(),
      tell: (state, error) => this.tell(state, error),
      acknowledged: (answer, blocks) => this.acknowledged(answer, blocks),
    });
  }

  start() {
    this.fillAbout();
    this.draw();
    this.drawActs();
    this.drawAdd();
    this.dragging();
    this.tell("saved");
    this.takeUp();
    const wide = window.matchMedia(WIDE);
    if (wide.matches) this.preview();
    wide.addListener(() => wide.matches && this.preview());
  }

  address(what) {
    return this.base + this.slug + "/" + what;
  }

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

  changed() {
    this.saver.changed();
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
    this.preview();
  }

  /** Show another document, such as an older one. */
  replace({ document: found, hash, unfinished }) {
    this.document = found;
    this.unfinished = unfinished || {};
    this.saver.follow(hash);
    this.fillAbout();
    this.draw();
  }

  /** What an earlier visit could not save. */
  takeUp() {
    const kept = this.saver.kept();
    if (!kept) return;
    if (JSON.stringify(kept.document) === JSON.stringify(this.read().document)) {
      this.saver.forget();
      return;
    }
    const theirs = { document: this.document, hash: this.saver.hash, unfinished: this.unfinished };
    const texts = new Map(this.document.blocks.map((block) => [block.key, block]));
    const blocks = kept.document.blocks.map((block) => (block.kind === "kept" ? texts.get(block.key) : block)).filter(Boolean);
    this.replace({ ...theirs, document: { ...kept.document, blocks } });
    if (kept.hash === theirs.hash) {
      this.notice(t("What was not saved last time is here again."));
      this.changed();
    } else {
      this.saver.dirty = true;
      this.saver.stopped = true;
      this.conflict(theirs);
    }
  }

  // What the lesson says of itself

  fillAbout() {
    for (const name of ABOUT) {
      const input = document.getElementById("about-" + name);
      input.value = this.document[name];
      input.oninput = () => this.setAbout(name, input.value);
    }
    const minutes = document.getElementById("about-minutes");
    minutes.value = this.document.minutes === null ? "" : this.document.minutes;
    minutes.oninput = () => {
      const number = Number(minutes.value);
      this.document.minutes = Number.isInteger(number) && number >= 1 && number <= 120 ? number : null;
      this.changed();
    };
  }

  setAbout(name, value) {
    if (name === "title") this.retitle(this.document.title, value);
    this.document[name] = value;
    this.changed();
  }

  /** A first heading that says the title goes along with it. */
  retitle(old, title) {
    const [first] = this.document.blocks.filter(({ kind }) => kind === "text");
    const head = "# " + old;
    if (!first || !(first.text === head || first.text.startsWith(head + "\n"))) return;
    first.text = "# " + title + first.text.slice(head.length);
    const area = this.items.get(first).querySelector("textarea");
    area.value = first.text;
  }

  // The parts

  draw() {
    this.items.clear();
    put(this.list);
    for (const block of this.document.blocks) if (block.kind !== "setup") this.list.append(this.item(block));
  }

  item(block) {
    const act = {
      up: () => this.move(block, -1),
      down: () => this.move(block, 1),
      remove: () => this.remove(block),
      below: () => this.addBelow(block),
    };
    const item = drawBlock(block, { page: this, act, changed: () => this.changed() });
    this.items.set(block, item);
    return item;
  }

  shown() {
    return this.document.blocks.filter(({ kind }) => kind !== "setup");
  }

  /** Put a block where its neighbour stands. */
  place(block, before) {
    const { blocks } = this.document;
    const at = blocks.indexOf(block);
    if (at >= 0) blocks.splice(at, 1);
    const to = before ? blocks.indexOf(before) : blocks.length;
    blocks.splice(to < 0 ? blocks.length : to, 0, block);
    this.list.insertBefore(this.items.get(block), before ? this.items.get(before) : null);
    this.changed();
  }

  move(block, by) {
    const shown = this.shown();
    const at = shown.indexOf(block);
    const to = at + by;
    if (to < 0 || to >= shown.length) return;
    this.place(block, by < 0 ? shown[to] : shown[to + 1]);
    const button = this.items.get(block).querySelector(by < 0 ? ".compose-up" : ".compose-down");
    button.focus();
    this.items.get(block).scrollIntoView({ block: "nearest" });
    this.announce(t("{what} is now part {n} of {all}", { what: kindWord(block), n: to + 1, all: shown.length }));
  }

  remove(block) {
    const { blocks } = this.document;
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
    this.changed();
  }

  add(block) {
    const { blocks } = this.document;
    const above = this.above && blocks.includes(this.above) ? this.above : null;
    this.above = null;
    const before = above ? blocks[blocks.indexOf(above) + 1] : null;
    this.item(block);
    this.place(block, before || null);
    this.root.querySelector(".compose-main").append(this.find("add"));
    focusFirst(this.items.get(block));
    this.items.get(block).scrollIntoView({ block: "nearest" });
  }

  addBelow(block) {
    this.above = block;
    const place = h("li.compose-here");
    for (const old of this.list.querySelectorAll(".compose-here")) old.remove();
    place.append(this.find("add"));
    this.list.insertBefore(place, this.items.get(block).nextSibling);
    this.find("add").querySelector("button").focus();
  }

  drawAdd() {
    const quizName = () => {
      const used = this.document.blocks.filter(({ kind }) => kind === "quiz").map(({ name }) => name);
      let n = used.length + 1;
      while (used.includes("quiz-" + n)) n += 1;
      return "quiz-" + n;
    };
    const block = (kind, more) => ({ key: this.newId("n"), kind, ...more });
    const quiz = (more) => this.add(block("quiz", { name: quizName(), title: "", bank: "", draw: null, passing: null, questions: [], ...more }));
    const file = ({ kind, src }) => this.add(block(kind, { src, words: "", caption: "" }));
    const draws = async () => {
      try {
        const [bank] = await this.banks();
        if (bank) quiz({ bank: bank.bank, draw: Math.min(5, Math.max(1, bank.questions)) });
        else this.notice(t("There is no question bank yet."));
      } catch (error) {
        this.notice(error.message || t("There is no connection. Please try again."));
      }
    };
    put(this.find("add"),
      h("h2", { id: "compose-add-words" }, t("Add a part")),
      h("div.compose-adding", { role: "group", "aria-labelledby": "compose-add-words" },
        button(t("Text"), () => this.add(block("text", { text: "" }))),
        chooser("picture", t("Picture"), this, file),
        chooser("picture", t("Take a photo"), this, file, { camera: true }),
        chooser("audio", t("Sound"), this, file),
        chooser("video", t("Film"), this, file),
        button(t("Quiz"), () => quiz({})),
        button(t("Questions from a bank"), draws)));
  }

  /** With a mouse, a part can be dragged by its handle. */
  dragging() {
    let dragged = null;
    const blockOf = (element) => {
      const item = element.closest && element.closest(".compose-block");
      return item && [...this.items].find(([, one]) => one === item);
    };
    this.list.addEventListener("dragstart", (event) => {
      dragged = blockOf(event.target);
      if (dragged) event.dataTransfer.setData("text/plain", "");
    });
    this.list.addEventListener("dragover", (event) => {
      if (dragged && blockOf(event.target)) event.preventDefault();
    });
    this.list.addEventListener("drop", (event) => {
      const target = blockOf(event.target);
      if (!dragged || !target || target[0] === dragged[0]) return;
      event.preventDefault();
      const shown = this.shown();
      const down = shown.indexOf(target[0]) > shown.indexOf(dragged[0]);
      this.place(dragged[0], down ? shown[shown.indexOf(target[0]) + 1] : target[0]);
      dragged = null;
    });
  }

  // The bar above

  drawActs() {
    this.previewButton = button(t("Preview"), () => this.togglePreview(), { more: ".compose-narrow" });
    this.previewButton.setAttribute("aria-pressed", "false");
    put(this.find("acts"),
      this.previewButton,
      button(t("Check the lesson"), () => this.check()),
      button(t("History"), () => this.history()),
      ...this.links.map(({ href, words }) => h("a.button.small", { href, onclick: (event) => this.leave(event, href) }, words)));
  }

  /** To the next page only with everything saved. */
  async leave(event, href) {
    if (!this.saver.dirty) return;
    event.preventDefault();
    await this.saver.flush();
    if (!this.saver.dirty) location.assign(href);
  }

  tell(state, error) {
    const words = { saved: t("Saved"), unsaved: t("Not saved"), offline: t("Offline"), conflict: t("Not saved"), refused: t("Not saved") };
    const place = this.find("state");
    if (this.state !== state) {
      place.className = "compose-state compose-" + state;
      put(place, words[state]);
      if (state === "offline") place.append(" · " + t("kept on this device"));
    }
    this.state = state;
    if (state === "conflict" && error) this.conflict(error.body.document ? error.body : null, error.message);
    if (state === "refused") this.refused(error);
  }

  refused(error) {
    if (error.code !== "sign_in") {
      this.notice(error.message, true);
      return;
    }
    const login = this.base.replace(/teach\/lessons\/$/, "login") + "?next=" + encodeURIComponent(location.pathname);
    this.notice(t("You are not signed in any more. What you wrote is kept on this device."), true,
      h("a.button.small", { href: login }, t("Sign in")));
  }

  notice(words, wrong = false, ...more) {
    put(this.find("notice"), h("div.notice" + (wrong ? ".wrong" : ""), { role: wrong ? "alert" : "status" }, h("p", null, words), ...more));
  }

  announce(words) {
    put(this.find("notice"), h("p.unseen", { role: "status" }, words));
  }

  // Somebody else has saved: both versions stay, and a person chooses.

  conflict(theirs, message) {
    if (!theirs) {
      this.notice(message || t("This lesson is gone."), true);
      return;
    }
    this.notice(t("This lesson was changed elsewhere while you were writing. Both versions are kept in the history; which one is to go on?"), true,
      h("p.compose-acts", null,
        button(t("Look at the other version"), () => this.lookAtSaved()),
        button(t("Go on with mine"), () => this.keepMine(theirs.hash), { quiet: false }),
        button(t("Go on with the other"), () => this.takeTheirs(theirs.hash))));
  }

  lookAtSaved() {
    this.root.classList.add("compose-looking");
    this.preview(true);
    this.find("preview").scrollIntoView({ block: "start" });
  }

  async keepMine(hash) {
    put(this.find("notice"));
    this.saver.follow(hash);
    this.saver.changed();
    await this.saver.flush();
  }

  async takeTheirs(hash) {
    await this.keepMine(hash);
    if (this.saver.dirty) return;
    try {
      const { revisions } = await ask("GET", this.address("history"));
      const found = revisions.find((one) => one.hash === hash);
      if (found) await this.restore(found.id);
    } catch (error) {
      this.notice(error.message || t("There is no connection. Please try again."), true);
    }
  }

  // History, findings, preview

  async history() {
    await this.saver.flush();
    const place = h("div.card");
    put(this.find("notice"), place);
    const hash = () => this.saver.hash;
    await drawHistory(place, { address: this.address("history"), hash, show: (id) => this.showOld(id), restore: (id) => this.restore(id) });
  }

  showOld(id) {
    this.root.classList.add("compose-looking");
    this.find("frame").src = this.address("draft") + "?revision=" + encodeURIComponent(id);
    this.find("preview").scrollIntoView({ block: "start" });
  }

  async restore(id) {
    try {
      await this.saver.flush();
      const answer = await ask("POST", this.address("history"), { revision: id, expected: this.saver.hash });
      this.replace(answer);
      this.saver.dirty = false;
      this.saver.forget();
      this.tell("saved");
      this.notice(t("That version is back. The one before it stands in the history."));
      this.preview(true);
    } catch (error) {
      if (error.code === "changed") this.tell("conflict", error);
      else this.notice(error.message || t("There is no connection. Please try again."), true);
    }
  }

  async check() {
    await this.saver.flush();
    try {
      const { findings } = await ask("GET", this.address("findings"));
      this.showFindings(findings);
    } catch (error) {
      this.notice(error.message || t("There is no connection. Please try again."), true);
    }
  }

  showFindings(findings) {
    const unfinished = this.document.blocks.reduce((sum, block) => sum + unfinishedIn(block), 0);
    const rows = findings.map((one) => {
      const block = this.document.blocks[one.cell - 1];
      const words = one.repair ? t("{message}; {repair}", { message: one.text, repair: one.repair }) : one.text;
      return h("li", null, h("strong", null, one.severity === "error" ? t("To mend: ") : t("Look at: ")), words, " ",
        block && this.items.has(block) && button(t("Go there"), () => focusFirst(this.items.get(block)), { label: t("Go there: {what}", { what: words }) }));
    });
    if (unfinished) rows.unshift(h("li", null, h("strong", null, t("Look at: ")), t("{n} questions are not finished; members do not see them", { n: unfinished })));
    put(this.find("notice"), h("div.card", null, h("h2", { tabindex: -1 }, t("Check the lesson")),
      rows.length ? h("ul.compose-findings", null, ...rows) : h("p", null, t("Nothing was found. The lesson can be published."))));
    this.find("notice").querySelector("h2").focus();
  }

  togglePreview() {
    const on = this.root.classList.toggle("compose-looking");
    this.previewButton.setAttribute("aria-pressed", String(on));
    if (on) {
      this.saver.flush();
      this.preview(true);
    }
  }

  /** Load the page again as it is saved, where it can be seen, and stay at the place. */
  preview(anew = false) {
    const frame = this.find("frame");
    if (!frame.offsetParent) return;
    const address = this.address("draft");
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
