// HTML of a lesson's code becomes elements: those that are listed, with attributes that are listed.

const TAGS = new Set(
  ("a b blockquote br caption code col colgroup dd div dl dt em figcaption figure h2 h3 h4 h5 h6 hr i img " +
    "ins kbd li mark ol p pre q s small span strong sub sup table tbody td tfoot th thead tr u ul").split(" "),
);
const GONE = new Set(["script", "style", "template", "iframe", "object", "embed", "svg", "math"]);
const STYLES = new Set(["font-size", "font-style", "font-weight", "margin", "text-align"]);
const PICTURE = /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/;
const LINK = /^(?:https?:|#|\/(?!\/))/;

/** In the place of what an element holds. */
export function fill(place, nodes) {
  place.textContent = "";
  place.append(...nodes);
}

export function clean(html) {
  // The page's policy blocks styles inside HTML, so they travel under another name.
  const renamed = html.replace(/(<[^>]*?\s)style\s*=/gi, "$1data-style=");
  const parsed = new DOMParser().parseFromString(renamed, "text/html");
  const fragment = document.createDocumentFragment();
  fragment.append(...inside(parsed.body));
  return fragment;
}

function inside(node) {
  return Array.from(node.childNodes).flatMap((child) => {
    if (child.nodeType === Node.TEXT_NODE) return [child.textContent];
    if (child.nodeType !== Node.ELEMENT_NODE) return [];
    const tag = child.localName;
    if (GONE.has(tag)) return [];
    if (!TAGS.has(tag)) return inside(child);
    const element = document.createElement(tag);
    attributes(child, element);
    element.append(...inside(child));
    return [element];
  });
}

function attributes(from, to) {
  for (const name of ["colspan", "rowspan", "alt", "title", "lang"]) {
    if (from.hasAttribute(name)) to.setAttribute(name, from.getAttribute(name));
  }
  if (to.localName === "img" && PICTURE.test(from.getAttribute("src") || "")) {
    to.src = from.getAttribute("src");
  }
  if (to.localName === "a" && LINK.test(from.getAttribute("href") || "")) {
    to.href = from.getAttribute("href");
    to.rel = "noopener";
  }
  for (const rule of (from.dataset.style || "").split(";")) {
    const [name, value = ""] = rule.split(":").map((side) => side.trim());
    if (STYLES.has(name.toLowerCase()) && !/[(\\]/.test(value)) to.style.setProperty(name, value);
  }
}
