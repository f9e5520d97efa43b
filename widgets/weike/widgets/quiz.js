// The quiz component: the same in a notebook and on a page. Its modules stand in quiz/ and are
// joined by weike.widgets.esm; there is no build step.

import { HttpTransport } from "./quiz/http.js";
import { KernelTransport } from "./quiz/kernel.js";
import { mount } from "./quiz/mount.js";

/** anywidget's entry. */
function render({ model, el }) {
  const root = document.createElement("div");
  // JupyterLab has keys of its own, such as arrows and D D; what has the focus here keeps its own.
  root.addEventListener("focusin", ({ target }) => {
    target.setAttribute("data-lm-suppress-shortcuts", "true");
  });
  const theme = notebookTheme();
  if (theme) root.dataset.theme = theme;
  el.append(root);
  const options = { language: model.get("language"), words: model.get("words") };
  return mount(root, new KernelTransport(model), options);
}

/** JupyterLab, Voilà and VS Code say on the body whether they are dark. */
function notebookTheme() {
  const { jpThemeLight } = document.body.dataset;
  if (jpThemeLight) return jpThemeLight === "true" ? "light" : "dark";
  const kind = /\bvscode-(dark|light)\b/.exec(document.body.className);
  return kind && kind[1];
}

export { HttpTransport, KernelTransport, mount };
export default { render };
