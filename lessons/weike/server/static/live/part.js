// The live part of one page: what its controls show, and what goes to and fro.

import { fill } from "./clean.js";
import { Kernel } from "./kernel.js";
import { draw, REFERENCE } from "./controls.js";

const CONTROL = "jupyter.widget.control";
const AGAIN = 5000;

export class Part {
  constructor({ base, slug, attach, words }) {
    this.words = words;
    this.models = new Map(); // state by model
    this.views = new Map(); // what is drawn of it
    this.sections = [];
    this.waiting = new Map(); // what is not sent yet, by model
    this.unheard = new Map(); // what is sent, and not yet answered
    this.forgot = false; // what was set is gone
    this.clicks = []; // messages that are not values
    this.busy = null; // the message that the process works on
    this.outputs = new Map(); // Output models by the message whose outputs are theirs
    this.control = null;
    this.bound = false;
    this.kernel = new Kernel({ base, slug, attach, on: this });
  }

  show(section) {
    const { cell, views, models } = section.dataset;
    for (const [model, state] of Object.entries(JSON.parse(models))) this.models.set(model, state);
    const status = document.createElement("p");
    status.className = "live-status";
    if (!this.sections.length) status.setAttribute("role", "status"); // said once
    const place = document.createElement("div");
    section.append(place, status);
    const one = { cell, place, status, views: JSON.parse(views) };
    this.sections.push(one);
    this.redraw(one);
  }

  redraw(section) {
    fill(section.place, section.views.map((model) => this.draw(model)));
  }

  /** The element of a model, drawn from the state that is known. */
  draw(model) {
    const state = this.models.get(model);
    if (!state) return document.createElement("span");
    const view = { model, part: this, element: null, show: () => {} };
    this.views.set(model, view);
    view.element = draw(view, state);
    view.show(state);
    return view.element;
  }

  /** Whoever was here before finds the process again, or hears that it is gone. */
  resume() {
    const before = this.kernel.remembered;
    if (!before) return;
    fetch(this.kernel.base + "api/kernels/" + before, { credentials: "same-origin" })
      .then((answer) => {
        if (answer.ok) this.kernel.attach();
        else if (answer.status === 404 && !this.kernel.wanted && !this.kernel.id) this.kernel.gone();
      })
      .catch(() => {}); // the first touch will tell
  }

  /** The member has set something. */
  set(view, change) {
    Object.assign(this.models.get(view.model), change);
    this.waiting.set(view, Object.assign(this.waiting.get(view) || {}, change));
    this.flush();
  }

  click(view, content) {
    this.clicks.push([view, content]);
    this.flush();
  }

  flush() {
    if (!this.kernel.id) {
      this.kernel.attach();
      return;
    }
    if (!this.kernel.ready) this.kernel.look(); // whoever touches it does not wait for the next try
    if (!this.kernel.ready || !this.bound || this.busy) return;
    for (const [view, state] of this.waiting) {
      if (!this.models.has(view.model)) continue; // it was drawn anew meanwhile
      const data = { method: "update", state, buffer_paths: [] };
      this.busy = this.kernel.send("comm_msg", { comm_id: view.model, data });
    }
    this.unheard = this.waiting;
    this.waiting = new Map();
    for (const [view, content] of this.clicks) {
      if (!this.models.has(view.model)) continue;
      const data = { method: "custom", content };
      this.busy = this.kernel.send("comm_msg", { comm_id: view.model, data });
    }
    this.clicks = [];
    if (this.busy) this.kernel.doubt();
  }

  // What the kernel tells

  state(name, text) {
    for (const { status } of this.sections) {
      status.textContent = text || this.words[name] || "";
      status.classList.toggle("wrong", name === "failed" || name === "gone");
    }
    if (name === "gone" || name === "lost") {
      this.bound = false;
      this.busy = null;
    }
    if (name === "gone") {
      this.unheard = new Map(); // it may be what has ended the process
      this.opened = false;
      this.forgot = true;
      if (this.waiting.size || this.clicks.length) this.flush(); // touched since the loss
    }
  }

  open({ resumed }) {
    this.was = this.opened || resumed ? "back" : this.forgot ? "gone" : "";
    this.opened = true;
    this.forgot = false;
    this.control = this.kernel.open(CONTROL);
    this.ask();
  }

  /** For all states; asked of a busy process, the answer may be published before we are heard of. */
  ask() {
    clearTimeout(this.asking);
    if (this.bound || !this.kernel.ready) return;
    this.kernel.send("comm_msg", { comm_id: this.control, data: { method: "request_states" } });
    this.asking = setTimeout(() => this.ask(), AGAIN);
  }

  message({ header, parent_header: parent, content }) {
    const kind = header.msg_type;
    if (kind === "status") {
      if (content.execution_state === "idle" && parent.msg_id === this.busy) {
        this.busy = null;
        this.unheard = new Map();
        this.keepOutputs();
        this.flush();
      }
    } else if (kind === "comm_msg") {
      this.update(content.comm_id, content.data);
    } else if (kind === "comm_open" && content.target_name === "jupyter.widget") {
      this.models.set(content.comm_id, content.data.state);
    } else {
      this.output(kind, content, parent.msg_id);
    }
  }

  update(model, data) {
    if (data.method === "update_states" && model === this.control) {
      this.bind(data.states);
    } else if (data.method === "update" || data.method === "echo_update") {
      this.apply(model, data.state);
    }
  }

  apply(model, change) {
    const state = this.models.get(model);
    if (!state) return;
    Object.assign(state, change);
    if (state._model_name === "OutputModel" && "msg_id" in change) this.capture(model, change.msg_id);
    if (state._model_name === "LayoutModel") {
      for (const view of this.views.values()) {
        const known = this.models.get(view.model);
        if (known && known.layout === REFERENCE + model) view.show(known);
      }
    }
    const view = this.views.get(model);
    if (view && !this.waiting.has(view)) view.show(state);
  }

  /** The process's own models take the place of the published ones, under the same elements. */
  bind(states) {
    if (this.bound) return; // asked twice
    const mine = new Map();
    for (const [model, { state }] of Object.entries(states)) mine.set(model, state);
    for (const section of this.sections) {
      const views = this.kernel.found.views[section.cell] || [];
      const same =
        views.length === section.views.length &&
        views.every((model, n) => this.alike(section.views[n], model, mine));
      const before = section.views;
      section.views = views;
      if (same) views.forEach((model, n) => this.adopt(before[n], model, mine));
    }
    const kept = new Set();
    for (const view of this.views.values()) if (mine.has(view.model)) kept.add(view);
    this.models = mine;
    for (const section of this.sections) {
      const all = section.views.every((model) => {
        const view = this.views.get(model);
        return view && kept.has(view) && section.place.contains(view.element);
      });
      if (!all) this.redraw(section);
    }
    // A value may be set twice; a click may not.
    for (const [view, change] of this.unheard) {
      this.waiting.set(view, Object.assign({}, change, this.waiting.get(view)));
    }
    this.unheard = new Map();
    for (const view of kept) {
      const waiting = this.waiting.get(view);
      if (waiting) Object.assign(mine.get(view.model), waiting);
      view.show(mine.get(view.model));
    }
    this.bound = true;
    this.busy = null;
    this.state("ready", this.was ? this.words[this.was] : " ");
    this.flush();
  }

  children(state) {
    return (state.children || []).map((child) => child.slice(REFERENCE.length));
  }

  alike(old, now, mine) {
    const one = this.models.get(old);
    const other = mine.get(now);
    if (!one || !other || one._model_name !== other._model_name) return false;
    const [inner, outer] = [this.children(one), this.children(other)];
    return inner.length === outer.length && inner.every((child, n) => this.alike(child, outer[n], mine));
  }

  adopt(old, now, mine) {
    const inner = this.children(this.models.get(old));
    const view = this.views.get(old);
    if (view) {
      this.views.delete(old);
      view.model = now;
      this.views.set(now, view);
    }
    this.children(mine.get(now)).forEach((child, n) => this.adopt(inner[n], child, mine));
  }

  // What is printed and drawn while an Output widget listens

  capture(model, message) {
    for (const [known, one] of this.outputs) if (one === model) this.outputs.delete(known);
    if (message) this.outputs.set(message, model);
  }

  output(kind, content, message) {
    const model = this.outputs.get(message);
    if (model === undefined) return;
    const state = this.models.get(model);
    let outputs = state.outputs || [];
    if (kind === "clear_output") {
      if (content.wait) this.clear = model;
      else outputs = [];
    } else if (["stream", "display_data", "execute_result", "error"].includes(kind)) {
      if (this.clear === model) {
        this.clear = null;
        outputs = [];
      }
      const last = outputs[outputs.length - 1];
      if (kind === "stream" && last && last.name === content.name) {
        const text = last.text + content.text;
        outputs = [...outputs.slice(0, -1), { ...last, text }];
      } else {
        const { transient: _, ...rest } = content;
        outputs = [...outputs, { output_type: kind, ...rest }];
      }
    } else {
      return;
    }
    state.outputs = outputs;
    (this.changed = this.changed || new Set()).add(model);
    const view = this.views.get(model);
    if (view) view.show(state);
  }

  /** The process learns what its Output widgets show, so that it is there after coming back. */
  keepOutputs() {
    for (const model of this.changed || []) {
      const view = this.views.get(model);
      if (view) this.waiting.set(view, { outputs: this.models.get(model).outputs });
    }
    this.changed = null;
  }
}
