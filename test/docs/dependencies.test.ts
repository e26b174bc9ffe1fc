import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
/** The package itself, and the folders whose packages are installed on demand. */
const folders = [
  ".",
  "bench/transformers-js",
  "scripts/onnxruntime",
  "scripts/platforms",
  "scripts/publish",
  "site",
  "test/redact/recheck",
];
const all = Object.assign(
  {},
  ...folders.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    return [manifest.dependencies, manifest.optionalDependencies, manifest.devDependencies];
  }),
) as Record<string, string>;

it("the page of dependencies has a row for each, and no other", () => {
  const page = readFileSync(join(root, "docs/dependencies.md"), "utf8");
  const rows = [...page.matchAll(/^\| \[([^\]]+)\]\([^)]+\) (\d+(?:\.\d+)?) \|/gm)];
  expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(all).sort());
  const outdated = rows.filter(([, name, version]) => !`${all[name!]}.`.startsWith(`${version}.`));
  expect(outdated.map(([row]) => row)).toEqual([]);
});

it("every dependency is pinned to one version", () => {
  expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
