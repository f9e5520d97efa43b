// A question as members will see it, beside the form in which it is written: the real component.
// It comes from the page's own script, which is loaded already.

import { cookie } from "./site.js";

const PAUSE = 500;

/** Speaks the component's protocol about one question that is not saved yet. */
class PreviewTransport {
  constructor(opened, ask) {
    Object.assign(this, { opened, ask });
    this.tell = () => {};
  }

  open() {
    return Promise.resolve(this.opened);
  }

  resume() {
    this.tell({ type: "state", state: "saved", trouble: null });
    return Promise.resolve([]);
  }

  answer(item, response) {
    return this.ask(response).then((body) => {
      if (body.answered) this.tell({ type: "answered", item, body: body.answered });
      else this.tell({ type: "refused", item, error: new Error(body.error ? body.error.message : "") });
      return [];
    });
  }

  submit() {
    return Promise.resolve({});
  }

  kept() {
    return 0;
  }

  waits() {
    return false;
  }

  stop() {}
}

function sent(form) {
  const fields = {};
  for (const [name, value] of new FormData(form).entries()) {
    if (name === "_xsrf" || typeof value !== "string") continue;
    if (!fields[name]) fields[name] = [];
    fields[name].push(value);
  }
  return fields;
}

function post(address, body) {
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") || "" },
    body: JSON.stringify(body),
  }).then((answer) => answer.json());
}

function watch(form, place) {
  const { address, component, type } = form.dataset;
  const words = JSON.parse(document.getElementById("words").textContent);
  const language = document.documentElement.lang;
  let stop = null;
  let timer = null;
  let last = "";

  function show() {
    const fields = sent(form);
    const now = JSON.stringify(fields);
    if (now === last) return;
    last = now;
    const ask = (response) => post(address, { type, fields, response });
    Promise.all([post(address, { type, fields }), import(component)])
      .then(([body, { mount }]) => {
        if (now !== last) return;
        place.classList.toggle("stale", !body.opened);
        if (!body.opened) return;
        if (stop) stop();
        place.textContent = "";
        const section = document.createElement("section");
        section.className = "weike-quiz";
        place.append(section);
        stop = mount(section, new PreviewTransport(body.opened, ask), { language, words });
      })
      .catch(() => {});
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  show();
}

const form = document.querySelector("form[data-address]");
const place = document.getElementById("preview");
if (form && place) watch(form, place);
