import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { snakeCase } from "../../src/recipe/spelling.js";
import { keyFile, settings } from "../../src/serve/settings.js";

it("the page of serving lists every setting with its default and description, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/serving.md"), "utf8");
  const table = page.slice(page.indexOf("## Settings"), page.indexOf("## Operations"));
  const rows = [...table.matchAll(/^\| `(\w+)` \| (.*?) \| (.*?) \|$/gm)].map(([, ...cells]) => cells);
  const shown = (value: unknown) =>
    Array.isArray(value) ? "none" : value === undefined ? "" : `\`${value}\``;
  const all = settings.flatMap((setting) => (setting.name === "apiKeys" ? [setting, keyFile] : [setting]));
  expect(rows.map(([name, standard, description]) => [name, standard!.trim(), description])).toEqual(
    all.map(({ name, standard, description }) => [snakeCase(name), shown(standard), `${description}.`]),
  );
});
