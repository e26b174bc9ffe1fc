/** The documentation site. `site/build.mjs` assembles its pages in site/pages/ and then builds it. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig } from "vitepress";

const pages = resolve(import.meta.dirname, "../pages");
const titleOf = (file: string) => /^# (.+)$/m.exec(readFileSync(join(pages, file), "utf8"))?.[1] ?? file;

/** A group of the sidebar. Pages that are missing fail the build. */
const group = (text: string, names: readonly string[]) => ({
  text,
  items: names.map((name) => ({
    text: name === "readme" ? "Start" : titleOf(`${name}.md`).replaceAll("`", ""),
    link: `/${name}`,
  })),
});
const sidebar = [
  group("Begin", ["readme", "first-model", "choosing", "coming-from", "examples"]),
  group("Data and training", [
    ...["data-formats", "recipes", "recipe-arms", "hf-trainer", "models", "tokenizers", "checkpoints", "large-data"],
    ...["scale", "hub"],
  ]),
  group("Better models", ["improving", "report", "protocol"]),
  group("Use", ["serving", "deploy", "annotate", "redaction", "browser", "platforms"]),
  group("Engines", ["engines", "gpu", "performance"]),
  group("Reference", ["cli/index", "api/index", "errors", "warnings", "limits"]),
  group("Project", ["architecture", "dependencies", "contributing", "security", "changelog"]),
];

const listed = new Set(sidebar.flatMap(({ items }) => items.map(({ link }) => link.slice(1))));
const left = readdirSync(pages)
  .filter((name) => name.endsWith(".md") && name !== "index.md")
  .map((name) => name.slice(0, -3))
  .filter((name) => !listed.has(name));
if (left.length > 0) throw new Error(`The sidebar lacks ${left.join(", ")}`);

export default defineConfig({
  title: "Nerium",
  description: "Fine-tune, evaluate, run and serve transformer encoders for named-entity recognition, on Node.",
  lang: "en",
  srcDir: "pages",
  outDir: "dist",
  cleanUrls: true,
  // The address of a server that the reader has started.
  ignoreDeadLinks: [/^http:\/\/localhost/],
  appearance: true,
  // Text in angle brackets is text.
  markdown: {
    html: false,
    // Indented code looks like code between fences, and an empty cell is no header.
    config: (md) =>
      md.core.ruler.push("as-here", ({ tokens }) => {
        tokens.forEach((token, at) => {
          if (token.type === "code_block") Object.assign(token, { type: "fence", info: "text", markup: "```" });
          if (token.type === "th_open" && tokens[at + 1]?.content === "") token.tag = tokens[at + 2]!.tag = "td";
        });
      }),
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  head: [["link", { rel: "icon", href: "/icon.svg", type: "image/svg+xml" }]],
  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Start", link: "/readme" },
      { text: "First own model", link: "/first-model" },
      { text: "Commands", link: "/cli/" },
      { text: "API", link: "/api/" },
      { text: "Errors", link: "/errors" },
    ],
    sidebar,
  },
});
