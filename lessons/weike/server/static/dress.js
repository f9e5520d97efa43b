// Large text and the language: buttons that every page has.

import { cookie, remember } from "./site.js";

const root = document.documentElement;

function large(on) {
  root.classList.toggle("large", on);
  for (const button of document.querySelectorAll("[data-large]")) {
    button.setAttribute("aria-pressed", String(on));
  }
}

export function dress() {
  root.classList.add("scripted");
  // The cookie lets the server draw it right at once; storage outlives a cleared cookie.
  try {
    const kept = window.localStorage.getItem("weike-large");
    if (kept && !cookie("weike_large") && (kept === "1") !== root.classList.contains("large")) {
      remember("weike_large", kept);
      large(kept === "1");
    }
  } catch {
    // A browser without storage has the cookie.
  }
}

export function listen() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("large" in button.dataset) {
      const on = !root.classList.contains("large");
      large(on);
      remember("weike_large", on ? "1" : "0");
      try {
        window.localStorage.setItem("weike-large", on ? "1" : "0");
      } catch {
        // The cookie alone will do.
      }
    } else if (button.dataset.language) {
      remember("weike_language", button.dataset.language);
      location.reload();
    }
  });
  document.addEventListener("change", (event) => {
    if ("submit" in event.target.dataset) event.target.form.submit();
  });
}
