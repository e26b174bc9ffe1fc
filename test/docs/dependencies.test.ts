import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const { dependencies, optionalDependencies, devDependencies } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
) as Record<"dependencies" | "optionalDependencies" | "devDependencies", Record<string, string>>;
const all = { ...dependencies, ...optionalDependencies, ...devDependencies };

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
