import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const tests = resolve(import.meta.dirname, "..");

it("tests that need Python have NERIUM_PYTHON in their names, by which scripts/parts.mjs finds them", () => {
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && join(tests, name) !== import.meta.filename)
    .map((name) => ({ name, text: readFileSync(join(tests, name), "utf8") }))
    .filter(({ text }) => text.includes("process.env.NERIUM_PYTHON"));
  expect(files.length).toBeGreaterThan(10);
  for (const { name, text } of files) {
    const ofPython = text
      .split(/\bskipIf\(/)
      .slice(1)
      .filter((after) => /python|datasets|spacy|sentencepiece/i.test(after.slice(0, 60)));
    expect(ofPython.length, name).toBeGreaterThan(0);
    for (const after of ofPython) expect(after.slice(0, 500), name).toMatch(/"[^"\n]*NERIUM_PYTHON[^"\n]*"/);
  }
});
