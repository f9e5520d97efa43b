// Pictures, sounds and films: chosen or taken, made smaller, sent, described.

import { field, h, put } from "./dom.js";
import { smaller } from "./picture.js";
import { upload } from "./server.js";
import { t } from "./words.js";

const ACCEPTED = { picture: "image/*", audio: ".mp3,.m4a,.ogg,.wav,audio/*", video: ".mp4,.webm,video/*" };
const MOST = { picture: 40e6, audio: 50e6, video: 50e6 };

export function drawMedia(block, { changed, page }) {
  const shown = h("div.compose-shown");
  const show = () => put(shown, player(block, page.fileAddress(block.src)));
  show();
  const words = h("input", { value: block.words, autocomplete: "off", oninput() {
    block.words = words.value;
    tell();
    changed();
  } });
  const caption = h("input", { value: block.caption, autocomplete: "off", oninput() {
    block.caption = caption.value;
    changed();
  } });
  const note = h("p.compose-missing", null, t("Describe the picture in a few words, for those who cannot see it."));
  const tell = () => {
    note.hidden = block.kind !== "picture" || Boolean(block.words.trim());
  };
  tell();
  const other = chooser(block.kind, t("Another file"), page, (taken) => {
    block.src = taken.src;
    show();
    changed();
  });
  return h("div", null, shown,
    field(block.kind === "picture" ? t("What the picture shows") : t("What is heard or seen"), words),
    note,
    field(t("Caption (may stay empty)"), caption),
    other);
}

function player(block, address) {
  if (block.kind === "picture") return h("img", { src: address, alt: block.words });
  return h(block.kind, { src: address, controls: true, preload: "metadata", "aria-label": block.words || block.kind });
}

/** A button that lets somebody choose a file and sends it; `done` is told what the server made. */
export function chooser(kind, label, page, done, { camera = false } = {}) {
  const state = h("span.compose-sending", { role: "status" });
  const input = h("input.unseen", {
    type: "file",
    accept: ACCEPTED[kind],
    capture: camera ? "environment" : false,
    onchange() {
      const [file] = input.files;
      if (file) send(file);
    },
  });
  const choose = h("label.button.small.quiet" + (camera ? ".compose-camera" : ""), null, input, h("span", null, label));

  async function send(original) {
    try {
      if (original.size > MOST[kind]) {
        put(state, h("span", { role: "alert" }, t("{name} is larger than {n} MB.", { name: original.name, n: MOST[kind] / 1e6 }), " ",
          kind === "video" && t("Cut it shorter, or save it smaller (720p) in the phone's album or a video editor.")));
        return;
      }
      put(state, t("Preparing {name}…", { name: original.name }));
      const { file, name } = kind === "picture" ? await smaller(original) : { file: original, name: original.name };
      const bar = h("progress", { max: 1, value: 0, "aria-label": t("Sending") });
      put(state, t("Sending {name}…", { name }), " ", bar);
      const taken = await upload(page.address("media"), file, name, (share) => {
        bar.value = share;
      });
      put(state);
      done(taken);
    } catch (error) {
      const again = h("button.button.small.quiet", { type: "button", onclick: () => send(original) }, t("Send again"));
      put(state, h("span", null, error.message || t("There is no connection. The file is not sent.")), " ", error.passing && again);
    } finally {
      input.value = "";
    }
  }
  return h("span.compose-chooser", null, choose, state);
}
