// What every page does, and on a lesson's page: mount the quizzes, keep the place.
// Joined behind the quiz component (assets.py), whose `mount` and `HttpTransport` are in scope.
/* global HttpTransport, mount */

import { dress, listen } from "./dress.js";
import { opening } from "./opening.js";
import { keepPlace } from "./place.js";
import { cookie, send } from "./site.js";

const TEXT_FIRST = 1000;

const root = document.documentElement;
const base = () => document.body.dataset.base;

function connect(quiz, early) {
  return new HttpTransport({ base: base(), quiz, member: cookie("weike_member"), early });
}

function words() {
  const source = document.getElementById("words");
  return source ? JSON.parse(source.textContent) : {};
}

/** `draw` each element when it is nearly on the screen. */
function nearly(elements, draw) {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(target);
      }
    },
    { rootMargin: "600px 0px" },
  );
  for (const element of elements) near.observe(element);
}

function lesson(slug) {
  const options = { language: root.lang, words: words() };
  const first = opening();
  const early = first.member === cookie("weike_member") && first.answer;
  const sections = Array.from(document.querySelectorAll("section.weike-quiz[data-quiz]"));
  const show = (section) => {
    const quiz = section.dataset.quiz;
    mount(section, connect(quiz, quiz === first.quiz && early), options);
  };
  const [now] = sections.filter((section) => section.dataset.quiz === first.quiz);
  if (now) show(now);
  nearly(sections.filter((section) => section !== now), show);
  keepPlace({ base: base(), slug, early });
}

/** A film's player costs a phone more than all the text around it: so the text comes first. */
function films() {
  const all = document.querySelectorAll("video[data-controls]");
  nearly(all, (film) => {
    if (film.dataset.poster) film.poster = film.dataset.poster;
  });
  setTimeout(() => {
    for (const film of all) film.controls = true;
  }, TEXT_FIRST);
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

/** On a narrow screen the tabs scroll; the one of this page stands at the beginning. */
function showTab() {
  const tab = document.querySelector(".areas [aria-current]");
  if (tab) tab.closest(".areas").scrollLeft = tab.offsetLeft - 24;
}

function start() {
  dress();
  listen();
  showTab();
  const slug = document.body.dataset.lesson;
  if (!slug) return;
  lesson(slug);
  films();
  finish(slug);
}

if (document.readyState !== "loading") start();
else document.addEventListener("DOMContentLoaded", start);
