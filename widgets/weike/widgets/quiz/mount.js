import { QuizView } from "./view.js";
import { translator } from "./words.js";

/** Show a quiz in an element; returns the way to stop it. */
export function mount(el, transport, { language = "zh-CN", words = {} } = {}) {
  const view = new QuizView(el, transport, { t: translator(words), language });
  view.load();
  return () => view.stop();
}
