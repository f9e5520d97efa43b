// The live part of a lesson: its controls as they were published, and a process of the member's own
// behind them as soon as one is touched.

import { Part } from "./live/part.js";

function begin() {
  const sections = Array.from(document.querySelectorAll("section.weike-live[data-models]"));
  if (!sections.length) return;
  const words = JSON.parse(document.getElementById("live-words").textContent);
  const part = new Part({
    base: document.body.dataset.site || document.body.dataset.base,
    slug: document.body.dataset.lesson,
    attach: document.body.dataset.attach,
    words,
  });
  for (const section of sections) part.show(section);
  part.resume();
}

// Text and questions come first: this waits for the frame in which they are drawn.
requestAnimationFrame(() => setTimeout(begin));
