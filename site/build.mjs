// `npm run docs`: builds the documentation site into site/dist/, from docs/, the commands, the types and the page of errors.
//
//     npm run docs [-- --serve]      # --serve shows it on http://127.0.0.1:4173
//
// Needs a build of the project (npm run build), which `npm run docs` makes first. What builds the site is installed on demand.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { installed } from "../scripts/npm.mjs";
import { commandPages } from "./commands.mjs";

const site = import.meta.dirname;
const root = resolve(site, "..");
const pages = join(site, "pages");

const missing = await installed(site);
if (missing !== undefined) throw new Error(missing);
rmSync(pages, { recursive: true, force: true });
mkdirSync(pages, { recursive: true });

/** Files outside docs/ that are pages, by their path in the repository. */
const OUTSIDE = {
  "README.md": "readme",
  "CONTRIBUTING.md": "contributing",
  "SECURITY.md": "security",
  "CHANGELOG.md": "changelog",
  "examples/README.md": "examples",
};

/** The page that a file of the repository has become, or undefined. */
function pageOf(path) {
  if (OUTSIDE[path] !== undefined) return OUTSIDE[path];
  // Each program has a heading on the page of the examples.
  const example = /^examples\/([\w.-]+\.\w+)$/.exec(path)?.[1];
  if (example !== undefined) return `examples#${example.toLowerCase().replaceAll(".", "-")}`;
  if (/^examples(\/|$)/.test(path)) return "examples";
  return /^docs\/([\w-]+)\.md$/.exec(path)?.[1];
}

/** Points the links of a page to pages of the site. A link to a file that is no page becomes its text. */
const withLinks = (text, file) =>
  text
    .split(/(^(?:```|~~~).*?^(?:```|~~~)$)/ms)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(LINK, (...found) => link(file, ...found))))
    .join("");

const LINK = /(!?)\[((?:[^\]\\]|\\.)*)\]\(([^)\s]+)\)/g;

function link(file, whole, image, label, target) {
  if (/^[a-z]+:/.test(target) || target.startsWith("#")) return whole;
  const [path, anchor] = target.split("#");
  const full = posix.normalize(posix.join(dirname(file), path)).replace(/\/$/, "");
  if (image) return `![${label}](/images/${posix.basename(full)})`;
  const page = pageOf(full);
  return page === undefined ? label : `[${label}](/${page}${anchor === undefined ? "" : `#${anchor}`})`;
}

const write = (name, text) => {
  mkdirSync(dirname(join(pages, name)), { recursive: true });
  writeFileSync(join(pages, name), text);
};

for (const [file, name] of Object.entries(OUTSIDE))
  write(`${name}.md`, withLinks(readFileSync(join(root, file), "utf8"), file));
for (const name of readdirSync(join(root, "docs")).filter((each) => each.endsWith(".md")))
  write(name, withLinks(readFileSync(join(root, "docs", name), "utf8"), `docs/${name}`));
cpSync(join(root, "docs", "images"), join(pages, "public", "images"), { recursive: true });
cpSync(join(root, "src", "page", "icon.svg"), join(pages, "public", "icon.svg"));
cpSync(join(site, "index.md"), join(pages, "index.md"));

// The programs of examples/, below their table.
const examples = readdirSync(join(root, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith(".md"))
  .map(({ name }) => {
    const language = { mjs: "js", ts: "ts", py: "python", sh: "sh" }[name.split(".").at(-1)];
    return `## ${name}\n\n~~~${language}\n${readFileSync(join(root, "examples", name), "utf8")}~~~\n`;
  });
write("examples.md", `${readFileSync(join(pages, "examples.md"), "utf8")}\n${examples.join("\n")}`);

// A page for each error.
const { errorCatalogue } = await import(pathToFileURL(join(root, "dist/manual/catalogue.js")).href);
const errors = readFileSync(join(pages, "errors.md"), "utf8");
for (const { code, part, when, remedy } of errorCatalogue({ name: "errors", title: "Errors", text: errors }))
  write(
    `errors/${code}.md`,
    `# ${code}\n\n**Part:** ${part}\n\n## When it happens\n\n${when}\n\n## What to do\n\n${remedy}\n\n[All errors](/errors)\n`,
  );
write("errors.md", errors.replace(/^\| `([A-Z0-9_]+)` \|/gm, "| [$1](/errors/$1) |"));

// A page for each command, from its own definition.
for (const [name, text] of Object.entries(await commandPages(root))) write(`cli/${name}.md`, text);

// The interface, from the types. A warning fails the build.
const entries = ["index.ts", "infer/public.ts", "serve/index.ts", "redact/public.ts", "web/index.ts"];
run(join(site, "node_modules/typedoc/bin/typedoc"), [
  ...["--plugin", "typedoc-plugin-markdown", "--options", join(site, "typedoc.json")],
  ...["--tsconfig", join(root, "tsconfig.json"), "--basePath", root, "--out", join(pages, "api")],
  ...entries.flatMap((entry) => ["--entryPoints", join(root, "src", entry)]),
]);
run(join(site, "node_modules/vitepress/bin/vitepress.js"), ["build", site]);
if (process.argv.includes("--serve"))
  run(join(site, "node_modules/vitepress/bin/vitepress.js"), ["preview", site, "--port", "4173", "--host", "127.0.0.1"]);

function run(program, args) {
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: site, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
