import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { combinations, deviceNames } from "../../src/runtime/combinations.js";

const page = readFileSync(join(import.meta.dirname, "../../docs/gpu.md"), "utf8");

test("docs/gpu.md lists the combinations of engine, device and number format that exist", () => {
  const [, section] = page.split("\n## What exists\n");
  const rows = [...section!.split("\n## ")[0]!.matchAll(/^\| `(\w+)` \| `(\w+)`.*? \| (.+) \|$/gm)];
  const listed = rows.map(([, engine, device, formats]) => ({
    engine,
    device,
    formats: formats!.split(", "),
  }));
  expect(listed).toEqual(combinations);
});

test("docs/gpu.md names every kind of device", () => {
  for (const name of deviceNames.filter((each) => !/:[1-9]/.test(each)))
    expect(page).toContain(`\`${name}\``);
});
