// A lesson's page asks for its first quiz, and where the member was, before anything is drawn.

import { cookie, send } from "./site.js";

/**
 * {quiz, member, answer: a promise of {status, body}}; {} on a page without a quiz. Of first.js and
 * page.js, which both do this, whichever is there sooner asks.
 */
export function opening() {
  const script = document.querySelector("script[data-quiz]");
  if (!script) return {};
  const { base, quiz } = script.dataset;
  if (!window.weikeOpening) {
    window.weikeOpening = { quiz, member: cookie("weike_member"), answer: ask(base, quiz) };
  }
  return window.weikeOpening;
}

async function ask(base, quiz) {
  const response = await send(base + "api/attempts", { quiz, place: true });
  return response && { status: response.status, body: await response.json().catch(() => null) };
}
