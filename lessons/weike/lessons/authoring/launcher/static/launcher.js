// Lesson templates in JupyterLab's launcher. A prebuilt extension is a script that leaves a
// container of modules at window._JUPYTERLAB; this one is written by hand, so nothing is built.
"use strict";

(() => {
  const NAME = "weike-author";
  const CREATE = "weike:new-lesson";
  let shared = {};

  /** One of JupyterLab's own modules, which it shares with every extension. */
  async function lab(name) {
    const [version] = Object.values(shared[name] ?? {});
    if (!version) throw new Error(`JupyterLab does not share ${name}`);
    return (await version.get())();
  }

  async function plugin() {
    const [{ ILauncher }, { ICommandPalette }, { PageConfig }] = await Promise.all(
      ["launcher", "apputils", "coreutils"].map((part) => lab(`@jupyterlab/${part}`)),
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

    return {
      id: `${NAME}:launcher`,
      description: "Lesson templates in the launcher.",
      autoStart: true,
      optional: [ILauncher, ICommandPalette],
      activate: async (app, launcher, palette) => {
        const templates = await read("templates.json");
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
