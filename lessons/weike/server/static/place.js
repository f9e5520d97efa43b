// 上次学到这里: remember which block of a lesson was last on the screen, and offer the way back.

import { send } from "./site.js";

const PAUSE = 5000;

/** `early` is a promise of the first quiz's {status, body}, whose body tells the place too. */
export function keepPlace({ base, slug, early }) {
  const blocks = Array.from(document.querySelectorAll("[data-place]"));
  if (blocks.length < 2) return;
  const address = base + "api/lessons/" + slug + "/place";
  const seen = new Set();
  let told = -1;
  let timer = null;

  const tell = () => {
    timer = null;
    if (!seen.size) return;
    const place = Math.min(...seen);
    if (place === told) return;
    told = place;
    send(address, { place });
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) seen.add(Number(target.dataset.place));
      else seen.delete(Number(target.dataset.place));
    }
    if (!timer && moved) timer = setTimeout(tell, PAUSE);
  });
  // Opening a page is no progress; scrolling in it is.
  let moved = false;
  window.addEventListener("scroll", () => {
    moved = true;
    if (!timer) timer = setTimeout(tell, PAUSE);
  }, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && timer) {
      clearTimeout(timer);
      tell();
    }
  });
  for (const block of blocks) watch.observe(block);
  offer(blocks, async () => {
    const known = early && (await early);
    if (known && known.body && "place" in known.body) return known.body.place;
    const answer = await fetch(address, { credentials: "same-origin" });
    return answer.ok ? (await answer.json()).place : null;
  });
}

/** Ask where this member was, and bring them there: at once from "continue here", else by a tap. */
async function offer(blocks, ask) {
  const place = await ask().catch(() => null);
  const block = blocks.find((one) => Number(one.dataset.place) === place);
  if (!block || block === blocks[0]) return;
  const go = () => {
    block.scrollIntoView({ block: "start" });
    block.classList.add("here");
  };
  if (location.hash === "#continue") return go();
  const there = () => window.scrollY > 400 || block.getBoundingClientRect().top < innerHeight / 2;
  if (location.hash || there()) return;
  const bar = document.getElementById("resume-bar");
  bar.hidden = false;
  const hide = () => {
    bar.hidden = true;
    window.removeEventListener("scroll", away);
  };
  const away = () => there() && hide();
  bar.querySelector("button").addEventListener("click", () => {
    hide();
    go();
  });
  window.addEventListener("scroll", away, { passive: true });
  // Whoever answers has found the place; the offer would lie over the buttons.
  document.querySelector("main").addEventListener("click", hide);
}
