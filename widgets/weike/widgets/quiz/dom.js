// The only place where strings become HTML, and the small helpers that build everything else.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  right: "M4.5 12.5l5 5 10-11",
  wrong: "M6 6l12 12M18 6L6 18",
  partial: "M12 4a8 8 0 100 16 8 8 0 000-16zM12 4v16M12 8h5M12 12h7.5M12 16h5",
  saved: "M4.5 12.5l5 5 10-11",
  unsaved: "M12 5v8M12 17.5v.5",
  offline: "M4 4l16 16M7 17.5a4 4 0 01-.5-8M10 7a6 6 0 018 5.5a3.5 3.5 0 01.5 5",
  clock: "M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17zM12 7.5v5l3 2",
  back: "M14.5 5.5L8 12l6.5 6.5",
  up: "M5.5 15L12 8.5l6.5 6.5",
  down: "M5.5 9l6.5 6.5L18.5 9",
  next: "M9.5 5.5L16 12l-6.5 6.5",
  note: "M12 11v6M12 7v.5M12 3a9 9 0 100 18 9 9 0 000-18z",
  again: "M19 12a7 7 0 11-2.5-5.400M19.5 3.5v4h-4",
};

/** An element: h("p.wq-hint", {id: "a"}, "text", child). Text is always text. */
export function h(name, attributes, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Put data[field], which Python rendered and cleaned, into the element. */
export function fill(element, data, field) {
  if (!/(^|_)html$/.test(field)) throw new Error(field + " is not HTML");
  element.innerHTML = data[field] || "";
  for (const link of element.querySelectorAll("a[href]")) link.rel = "noopener";
  return element;
}

/** A drawing of one stroke that says nothing to a screen reader: a word always stands beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "wq-icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

export function show(element, visible) {
  element.hidden = !visible;
}

/** Replace what is inside; replaceChildren() is younger than some phones. */
export function put(element, ...children) {
  element.textContent = "";
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
}

// In a notebook every quiz loads this module anew, so counting alone would repeat itself.
const here = Math.random().toString(36).slice(2, 8);
let count = 0;

/** An id that no other quiz on the page has. */
export function unique(stem) {
  count += 1;
  return ["wq", stem, here, count].join("-");
}
