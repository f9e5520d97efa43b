// Small things that every script of the site needs.

export function cookie(name) {
  const found = new RegExp("(?:^|;\\s*)" + name + "=([^;]*)").exec(document.cookie);
  return found ? decodeURIComponent(found[1]) : null;
}

/** Where the course begins; a preview's own requests go elsewhere. */
function place() {
  return document.body.dataset.site || document.body.dataset.base;
}

/** A cookie for a year, for this course only. */
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie =
    name + "=" + value + "; path=" + place() + "; max-age=31536000; samesite=lax" + secure;
}

/** POST without waiting for the answer; it still leaves when the page is closed. */
export function send(address, body) {
  return fetch(address, {
    method: "POST",
    credentials: "same-origin",
    keepalive: true,
    headers: { "Content-Type": "application/json", "X-XSRFToken": cookie("_xsrf") || "" },
    body: JSON.stringify(body),
  }).catch(() => null);
}
