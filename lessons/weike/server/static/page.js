// What every page does, and on a lesson's page: mount the quizzes, keep the place.
// Joined behind the quiz component (assets.py), whose `mount` and `HttpTransport` are in scope.
/* global HttpTransport, mount */

import { keepPlace } from "./place.js";
import { cookie, remember, send } from "./site.js";

const root = document.documentElement;
const base = () => document.body.dataset.base;

function large(on) {
  root.classList.toggle("large", on);
  for (const button of document.querySelectorAll("[data-large]")) {
    button.setAttribute("aria-pressed", String(on));
  }
}

function dress() {
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

function listen() {
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

function connect(quiz) {
  return new HttpTransport({ base: base(), quiz, member: cookie("weike_member") });
}

/** Ask for the first quiz before the page has been drawn, or even read to its end. */
function hurry(quiz) {
  const transport = connect(quiz);
  const open = transport.open.bind(transport);
  let opened = open();
  opened.catch(() => null);
  transport.open = (options = {}) => {
    const early = options.fresh ? null : opened;
    opened = null;
    return early || open(options);
  };
  return { quiz, transport };
}

function words() {
  const source = document.getElementById("words");
  return source ? JSON.parse(source.textContent) : {};
}

function lesson(first) {
  const options = { language: root.lang, words: words() };
  const waiting = new Map();
  const show = (section) => {
    const quiz = section.dataset.quiz;
    const transport = first && first.quiz === quiz ? first.transport : connect(quiz);
    waiting.delete(section);
    mount(section, transport, options);
  };
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !waiting.has(target)) continue;
        near.unobserve(target);
        show(target);
      }
    },
    { rootMargin: "600px 0px" },
  );
  for (const section of document.querySelectorAll("section.weike-quiz[data-quiz]")) {
    if (first && section.dataset.quiz === first.quiz) {
      show(section);
    } else {
      waiting.set(section, true);
      near.observe(section);
    }
  }
  keepPlace({ base: base(), slug: document.body.dataset.lesson });
}

function finish(slug) {
  const end = document.getElementById("end");
  if (!end || document.querySelector("section.weike-quiz")) return;
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    send(base() + "api/lessons/" + slug + "/finished", {});
  });
  seen.observe(end);
}

function start(first) {
  dress();
  listen();
  const slug = document.body.dataset.lesson;
  if (!slug) return;
  lesson(first);
  finish(slug);
}

function begin() {
  const quiz = document.body.dataset.quiz;
  const first = quiz && hurry(quiz);
  if (document.readyState !== "loading") return start(first);
  document.addEventListener("DOMContentLoaded", () => start(first));
}

if (document.body) begin();
else document.addEventListener("DOMContentLoaded", begin);
