// Elements without HTML: text is always text.

/** h("p.help", {id: "a", onclick}, "text", child); null, false and undefined are left out. */
export function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function put(element, ...children) {
  while (element.firstChild) element.removeChild(element.firstChild);
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
}

let count = 0;

export function unique(name) {
  count += 1;
  return "compose-" + name + "-" + count;
}

/** A label and its field, one below the other. */
export function field(words, input, help) {
  const id = input.id || unique("field");
  input.id = id;
  const hint = help && h("p.help", { id: id + "-help" }, help);
  if (hint) input.setAttribute("aria-describedby", hint.id);
  return h("div.field", null, h("label", { for: id }, words), input, hint);
}

export function button(words, act, { quiet = true, label, more = "" } = {}) {
  return h("button.button.small" + (quiet ? ".quiet" : "") + more, { type: "button", "aria-label": label, onclick: act }, words);
}

/** As many rows as the text needs on a screen of this width, within bounds. */
export function grow(area, least = 3) {
  const wide = Math.max(16, Math.floor(area.clientWidth / 17) || 40);
  let rows = 0;
  for (const line of area.value.split("\n")) rows += Math.max(1, Math.ceil(width(line) / wide));
  area.rows = Math.min(30, Math.max(least, rows + 1));
}

function width(line) {
  let sum = 0;
  for (const letter of line) sum += letter.charCodeAt(0) < 256 ? 0.55 : 1;
  return sum;
}

const FIRST = [
  ".compose-text",
  ".compose-questions textarea",
  ".compose-adding button",
  "textarea",
  "input:not([type=radio]):not([type=checkbox]):not([type=file])",
  "button",
];

/** To the field that somebody wants to fill in first; the buttons of the frame come last. */
export function focusFirst(place) {
  const found = FIRST.map((sort) => place && place.querySelector(sort)).find(Boolean);
  if (found) found.focus();
}
