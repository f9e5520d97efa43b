// What an Output widget holds, drawn.

import { clean } from "./clean.js";

const VIEW = "application/vnd.jupyter.widget-view+json";

function text(value) {
  return Array.isArray(value) ? value.join("") : String(value);
}

function printed(value, wrong) {
  const pre = document.createElement("pre");
  pre.textContent = value;
  if (wrong) pre.className = "wrong";
  return pre;
}

function picture(source) {
  const image = document.createElement("img");
  image.alt = "";
  image.src = source;
  return image;
}

function shown(view, data) {
  if (VIEW in data) return view.part.draw(data[VIEW].model_id);
  if ("text/html" in data) {
    const box = document.createElement("div");
    box.append(clean(text(data["text/html"])));
    return box;
  }
  if ("image/svg+xml" in data) {
    return picture("data:image/svg+xml," + encodeURIComponent(text(data["image/svg+xml"])));
  }
  for (const kind of ["image/png", "image/jpeg"]) {
    if (kind in data) return picture("data:" + kind + ";base64," + text(data[kind]).trim());
  }
  return printed(text(data["text/plain"] || ""));
}

export function outputs(view, all) {
  return all.map((one) => {
    if (one.output_type === "stream") return printed(text(one.text), one.name === "stderr");
    if (one.output_type === "error") return printed(view.part.words.error, true);
    return shown(view, one.data);
  });
}
