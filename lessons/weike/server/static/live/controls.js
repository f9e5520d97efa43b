// The controls that a page draws by itself (CONTROLS in lessons/controls.py), as native ones.
// `draw` makes the element once; `view.show(state)` brings it up to date.

import { clean, fill } from "./clean.js";
import { outputs } from "./outputs.js";

export const REFERENCE = "IPY_MODEL_";
let labels = 0;

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A control with its name before it and, where `readout`, its value behind it. */
function named(view, control, className, readout) {
  const box = make("div", "live-control " + className);
  const label = make("label", "live-name");
  control.id = "live-" + ++labels;
  label.htmlFor = control.id;
  box.append(label, control);
  if (readout) box.append(readout);
  return {
    box,
    name: (state) => {
      label.textContent = state.description || "";
      label.hidden = !state.description;
      if (!state.description) control.setAttribute("aria-label", state.placeholder || " ");
    },
  };
}

function visible(view, element, state) {
  const layout = view.part.models.get((state.layout || "").slice(REFERENCE.length)) || {};
  element.hidden = layout.display === "none" || layout.visibility === "hidden";
}

function input(type, read, write, more) {
  return (view) => {
    const control = make("input");
    control.type = type;
    const { box, name } = named(view, control, "live-" + type);
    const tell = () => {
      const value = read(control);
      if (value !== undefined) view.part.set(view, { value });
    };
    control.addEventListener("change", tell);
    view.show = (state) => {
      name(state);
      control.disabled = Boolean(state.disabled);
      if (document.activeElement !== control || type === "checkbox") write(control, state);
      visible(view, box, state);
    };
    if (more) more(view, control, tell);
    return box;
  };
}

function decimals(step) {
  const text = String(step || 1);
  return text.includes("e-") ? Number(text.split("e-")[1]) : (text.split(".")[1] || "").length;
}

function slider(whole) {
  return (view) => {
    const control = make("input");
    control.type = "range";
    const readout = make("output");
    const { box, name } = named(view, control, "live-range", readout);
    const say = (state) => {
      const text = whole ? control.value : Number(control.value).toFixed(decimals(state.step));
      readout.textContent = text;
      control.setAttribute("aria-valuetext", text);
    };
    const tell = () => view.part.set(view, { value: Number(control.value) });
    control.addEventListener("input", () => {
      const state = view.part.models.get(view.model);
      say(state);
      if (state.continuous_update !== false) tell();
    });
    control.addEventListener("change", tell);
    view.show = (state) => {
      name(state);
      control.min = state.min;
      control.max = state.max;
      control.step = state.step === null || state.step === undefined ? "any" : state.step;
      control.value = state.value;
      control.disabled = Boolean(state.disabled);
      readout.hidden = state.readout === false;
      say(state);
      visible(view, box, state);
    };
    return box;
  };
}

function number(control, state) {
  control.inputMode = "decimal";
  for (const bound of ["min", "max"]) if (bound in state) control[bound] = state[bound];
  control.step = state.step === null || state.step === undefined ? "any" : state.step;
  control.value = state.value;
}

const readNumber = (control) => (control.value === "" ? undefined : Number(control.value));

function text(view, control, tell) {
  control.addEventListener("input", () => {
    if (view.part.models.get(view.model).continuous_update !== false) tell();
  });
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) {
      tell();
      view.part.click(view, { event: "submit" });
    }
  });
}

function area(view) {
  const control = make("textarea");
  const { box, name } = named(view, control, "live-text");
  const tell = () => view.part.set(view, { value: control.value });
  control.addEventListener("input", tell);
  view.show = (state) => {
    name(state);
    control.placeholder = state.placeholder || "";
    control.disabled = Boolean(state.disabled);
    if (document.activeElement !== control) control.value = state.value;
    visible(view, box, state);
  };
  return box;
}

function chooser(size) {
  return (view) => {
    const control = make("select");
    const { box, name } = named(view, control, "live-select");
    control.addEventListener("change", () => view.part.set(view, { index: control.selectedIndex }));
    let shown = null;
    view.show = (state) => {
      name(state);
      const options = state._options_labels || [];
      if (JSON.stringify(options) !== shown) {
        shown = JSON.stringify(options);
        fill(control, options.map((label) => make("option", "", label)));
      }
      if (size) control.size = Math.min(options.length, state.rows || 5);
      control.selectedIndex = state.index === null || state.index === undefined ? -1 : state.index;
      control.disabled = Boolean(state.disabled);
      visible(view, box, state);
    };
    return box;
  };
}

function steps(view) {
  const control = make("input");
  control.type = "range";
  control.min = 0;
  const readout = make("output");
  const { box, name } = named(view, control, "live-range", readout);
  const say = (state) => {
    const label = (state._options_labels || [])[control.value] || "";
    readout.textContent = label;
    control.setAttribute("aria-valuetext", label);
  };
  control.addEventListener("input", () => {
    const state = view.part.models.get(view.model);
    say(state);
    view.part.set(view, { index: Number(control.value) });
  });
  view.show = (state) => {
    name(state);
    control.max = Math.max(0, (state._options_labels || []).length - 1);
    control.value = state.index || 0;
    control.disabled = Boolean(state.disabled);
    say(state);
    visible(view, box, state);
  };
  return box;
}

function radios(view) {
  const box = make("fieldset", "live-radios");
  const legend = make("legend");
  const group = "live-group-" + ++labels;
  let shown = null;
  view.show = (state) => {
    legend.textContent = state.description || "";
    const options = state._options_labels || [];
    if (JSON.stringify(options) !== shown) {
      shown = JSON.stringify(options);
      fill(box, [
        legend,
        ...options.map((label, index) => {
          const row = make("label", "live-option");
          const control = make("input");
          control.type = "radio";
          control.name = group;
          control.addEventListener("change", () => view.part.set(view, { index }));
          row.append(control, label);
          return row;
        }),
      ]);
    }
    box.querySelectorAll("input").forEach((control, index) => {
      control.checked = index === state.index;
    });
    box.disabled = Boolean(state.disabled);
    visible(view, box, state);
  };
  return box;
}

function button(press, className) {
  return (view) => {
    const control = make("button", "button " + className);
    control.type = "button";
    control.addEventListener("click", () => press(view));
    view.show = (state) => {
      control.textContent = state.description || "";
      control.disabled = Boolean(state.disabled);
      if ("value" in state) control.setAttribute("aria-pressed", String(state.value));
      visible(view, control, state);
    };
    return control;
  };
}

function progress(view) {
  const control = make("progress");
  const { box, name } = named(view, control, "live-progress");
  view.show = (state) => {
    name(state);
    control.max = state.max - (state.min || 0);
    control.value = state.value - (state.min || 0);
    visible(view, box, state);
  };
  return box;
}

/** What follows from the controls is read out when it changes. */
function words(put, className) {
  return (view) => {
    const box = make("div", className);
    box.setAttribute("aria-live", "polite");
    let shown = null;
    view.show = (state) => {
      if (state.value !== shown) {
        shown = state.value;
        put(box, String(state.value === undefined ? "" : state.value));
      }
      visible(view, box, state);
    };
    return box;
  };
}

function box(className) {
  return (view) => {
    const element = make("div", className);
    let shown = null;
    view.show = (state) => {
      const children = (state.children || []).map((child) => child.slice(REFERENCE.length));
      const drawn = children.map((child) => view.part.views.get(child));
      const same =
        shown === children.length &&
        drawn.every((child, n) => child && child.element === element.children[n]);
      if (!same) fill(element, children.map((child) => view.part.draw(child)));
      shown = children.length;
      visible(view, element, state);
    };
    return element;
  };
}

/** Tabs and accordions: parts that open one under the other. */
function parts(view) {
  const element = make("div", "live-parts");
  let shown = null;
  view.show = (state) => {
    const children = (state.children || []).map((child) => child.slice(REFERENCE.length));
    if (children.join() !== shown) {
      shown = children.join();
      fill(
        element,
        children.map((child, index) => {
          const details = make("details");
          details.append(make("summary", "", (state.titles || [])[index] || String(index + 1)));
          details.append(view.part.draw(child));
          details.open = index === state.selected_index;
          return details;
        }),
      );
    }
    visible(view, element, state);
  };
  return element;
}

function output(view) {
  const element = make("div", "live-output");
  element.setAttribute("aria-live", "polite");
  let shown = null;
  view.show = (state) => {
    const all = state.outputs || [];
    if (JSON.stringify(all) !== shown) {
      shown = JSON.stringify(all);
      fill(element, outputs(view, all));
    }
    visible(view, element, state);
  };
  return element;
}

function toggled(view) {
  view.part.set(view, { value: !view.part.models.get(view.model).value });
  view.show(view.part.models.get(view.model));
}

const html = (place, value) => fill(place, [clean(value)]);
const write = (place, value) => {
  place.textContent = value;
};
const numeric = input("number", readNumber, number);

const KINDS = {
  Accordion: parts,
  BoundedFloatText: numeric,
  BoundedIntText: numeric,
  Box: box("live-column"),
  Button: button((view) => view.part.click(view, { event: "click" }), ""),
  Checkbox: input("checkbox", (control) => control.checked, (control, state) => {
    control.checked = state.value;
  }),
  Dropdown: chooser(false),
  FloatProgress: progress,
  FloatSlider: slider(false),
  FloatText: numeric,
  HBox: box("live-row"),
  HTML: words(html, "live-html"),
  IntProgress: progress,
  IntSlider: slider(true),
  IntText: numeric,
  Label: words(write, "live-label"),
  Output: output,
  RadioButtons: radios,
  Select: chooser(true),
  SelectionSlider: steps,
  Tab: parts,
  Text: input(
    "text",
    (control) => control.value,
    (control, state) => {
      control.placeholder = state.placeholder || "";
      control.value = state.value;
    },
    text,
  ),
  Textarea: area,
  ToggleButton: button(toggled, "quiet"),
  ToggleButtons: radios,
  VBox: box("live-column"),
};

export function draw(view, state) {
  const kind = KINDS[String(state._model_name).replace(/Model$/, "")];
  return kind ? kind(view) : make("span");
}
