// Lesson templates in JupyterLab's launcher, and a preview on a phone from a lesson's toolbar. A prebuilt extension is a script that leaves a
// container of modules at window._JUPYTERLAB; this one is written by hand, so nothing is built.
"use strict";

(() => {
  const NAME = "weike-author";
  const CREATE = "weike:new-lesson";
  const PHONE = "weike:preview-on-a-phone";
  let shared = {};

  /** One of JupyterLab's own modules, which it shares with every extension. */
  async function lab(name) {
    const [version] = Object.values(shared[name] ?? {});
    if (!version) throw new Error(`JupyterLab does not share ${name}`);
    return (await version.get())();
  }

  async function plugin() {
    const [{ ILauncher }, { Dialog, ICommandPalette, showDialog }, { PageConfig, URLExt }] =
      await Promise.all(
        ["launcher", "apputils", "coreutils"].map((part) => lab(`@jupyterlab/${part}`)),
      );
    const [{ INotebookTracker }, { ServerConnection }, { ToolbarButton }, { Widget }] =
      await Promise.all(
        ["@jupyterlab/notebook", "@jupyterlab/services", "@jupyterlab/ui-components", "@lumino/widgets"].map(lab),
      );

    /** A file of this extension, as JSON. */
    async function read(file) {
      const place = `${PageConfig.getOption("fullLabextensionsUrl")}/${NAME}/static/${file}`;
      const answer = await fetch(place, { cache: "no-store" });
      if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
      return answer.json();
    }

    /** Put a template into `folder` under the first name that is free; its path. */
    async function write(contents, folder, stem, notebook) {
      const listing = await contents.get(folder);
      const taken = new Set(listing.content.map((one) => one.name));
      let name = `${stem}.ipynb`;
      for (let n = 2; taken.has(name); n += 1) name = `${stem}-${n}.ipynb`;
      const path = `${folder}/${name}`;
      await contents.save(path, { type: "notebook", format: "json", content: notebook });
      return path;
    }

    /** The lesson as it is now, on a phone: a code to scan, or why that cannot be. */
    async function preview(panel) {
      if (panel.context.model.dirty) await panel.context.save();
      const settings = ServerConnection.makeSettings();
      const answer = await ServerConnection.makeRequest(
        URLExt.join(settings.baseUrl, "weike/preview"),
        { method: "POST", body: JSON.stringify({ path: panel.context.path }) },
        settings,
      );
      const body = await answer.json();
      const node = document.createElement("div");
      node.className = "weike-phone";
      if (answer.ok) fill(node, body);
      else paragraph(node, body.message);
      const title = answer.ok ? body.title : panel.context.path;
      await showDialog({ title, body: new Widget({ node }), buttons: [Dialog.okButton({ label: body.close })] });
    }

    function paragraph(node, text) {
      const line = node.appendChild(document.createElement("p"));
      line.textContent = text;
      line.style.maxWidth = "26em";
      line.style.margin = "8px 0";
    }

    function fill(node, { code, url, said, open, picture, reachable }) {
      if (reachable) {
        const image = node.appendChild(document.createElement("img"));
        Object.assign(image, { src: code, alt: picture, width: 240, height: 240 });
      }
      for (const text of said) paragraph(node, text);
      const link = node.appendChild(document.createElement("a"));
      Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer", textContent: open });
      link.style.textDecoration = "underline";
    }

    return {
      id: `${NAME}:launcher`,
      description: "Lesson templates in the launcher, and a preview on a phone.",
      autoStart: true,
      optional: [ILauncher, ICommandPalette, INotebookTracker],
      activate: async (app, launcher, palette, tracker) => {
        const [templates, words] = await Promise.all([read("templates.json"), read("words.json")]);
        app.commands.addCommand(PHONE, {
          label: words.phone,
          caption: words.caption,
          isEnabled: () => Boolean(tracker?.currentWidget),
          execute: () => preview(tracker.currentWidget),
        });
        palette?.addItem({ command: PHONE, category: "Notebook" });
        app.docRegistry.addWidgetExtension("Notebook", {
          createNew: (panel) => {
            const button = new ToolbarButton({
              label: words.phone,
              tooltip: words.caption,
              onClick: () => preview(panel),
            });
            panel.toolbar.insertItem(10, "weike-phone", button);
            return button;
          },
        });
        const contents = app.serviceManager.contents;
        app.commands.addCommand(CREATE, {
          label: ({ template }) => templates[template]?.title ?? CREATE,
          iconClass: "jp-MaterialIcon jp-NotebookIcon",
          caption: ({ template }) => templates[template]?.caption ?? "",
          execute: async ({ template, cwd }) => {
            // Lessons are found under lessons/ only.
            const inside = /^lessons(?:\/|$)/.test(cwd ?? "") && !/^lessons\/[._]/.test(cwd);
            const folder = inside ? cwd.replace(/\/$/, "") : "lessons";
            const chosen = templates[template];
            const path = await write(contents, folder, chosen.stem, await read(chosen.file));
            return app.commands.execute("docmanager:open", { path, factory: "Notebook" });
          },
        });
        templates.forEach(({ icon }, template) => {
          const entry = { command: CREATE, category: "Notebook", args: { template } };
          launcher?.add({ ...entry, rank: template - templates.length, kernelIconUrl: icon });
          palette?.addItem(entry);
        });
      },
    };
  }

  window._JUPYTERLAB = window._JUPYTERLAB ?? {};
  window._JUPYTERLAB[NAME] = {
    init: (scope) => {
      shared = scope;
    },
    get: async () => {
      const exports = { __esModule: true, default: await plugin() };
      return () => exports;
    },
  };
})();
