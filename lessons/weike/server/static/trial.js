// A lesson that is being written, in its frame: its quizzes can be tried, and nothing is recorded.
// Joined behind the quiz component (assets.py), whose `mount` and `HttpTransport` are in scope.
/* global HttpTransport, mount */

import { dress, listen } from "./dress.js";

function words() {
  const source = document.getElementById("words");
  return source ? JSON.parse(source.textContent) : {};
}

/** No storage: what somebody tries here is gone with the page. */
function connect(quiz) {
  return new HttpTransport({ base: document.body.dataset.base, quiz, member: null, storage: null, whoami: () => null });
}

dress();
listen();
for (const section of document.querySelectorAll("section.weike-quiz[data-quiz]")) {
  mount(section, connect(section.dataset.quiz), { language: document.documentElement.lang, words: words() });
}
