// Builds the page of `nerium serve` from src/page/, and those of `nerium dashboard` and `nerium data review` below it: index.html,
// and its script, style sheet and icon with a hash in their names under assets/. All addresses are relative, so that a
// page can be served below any path.
import { join, resolve } from "node:path";
import { build, runnerImport } from "vite";

const root = resolve(import.meta.dirname, "..");

/** The style sheet that the page shares with `nerium predict --format html`. */
const marks = {
  name: "marks",
  resolveId: (id) => (id === "virtual:marks.css" ? "\0virtual:marks.css" : undefined),
  async load(id) {
    if (id !== "\0virtual:marks.css") return undefined;
    const { module } = await runnerImport(join(root, "src", "marks", "style.ts"), { configFile: false });
    return `${module.PALETTE}\n${module.MARKS}\n`;
  },
};

/** Builds a page into a folder, whose content is replaced. */
export const buildPage = (folder, page = "server") =>
  build({
    root: join(root, "src", "page", page === "server" ? "" : page),
    base: "./",
    configFile: false,
    envDir: false,
    publicDir: false,
    logLevel: "warn",
    plugins: [marks],
    build: {
      outDir: folder,
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: false,
      // The first browsers with light-dark().
      target: ["chrome123", "edge123", "firefox121", "safari17.5"],
    },
  });
