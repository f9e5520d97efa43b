// The question types. A further one is a module in types/ that calls register(); nothing else
// changes, because every module of that folder is joined into the component.
//
// A type is {label(t), hint?(t), missing?(t), draw(item, {t, lang, changed, enter})}; `missing` says
// what is to be done first, in place of "Choose or write an answer first". draw returns
// {element, read(), write(response), lock(locked), mark(feedback), focus(), empty?, complete?,
// ownsStem?, silent?}:
//   read     the response in the protocol's terms, or null while nothing is answered
//   empty    the response that takes an answer back, where the controls allow that
//   complete whether a response leaves no part open, where the question has several
//   ownsStem true when element shows item.html itself (gaps inside the sentence)
//   silent   true when there is nothing to answer
//   mark     show the feedback on the controls; null takes it away
//   changed  call it as changed("choice") at once or changed("text") while typing
//   enter    call it when Enter says "done" in a text field

import { h } from "./dom.js";

const TYPES = new Map();

const UNKNOWN = {
  label: () => "",
  draw: (item, { t }) => ({
    element: h("p.wq-note", null, t("This page is too old for this question. Please reload it.")),
    read: () => null,
    write() {},
    lock() {},
    mark() {},
    focus() {},
  }),
};

export function register(name, type) {
  TYPES.set(name, type);
}

export function typeOf(item) {
  return TYPES.get(item.type) || UNKNOWN;
}
