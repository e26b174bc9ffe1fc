import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { patternTypes, typesOnRequest } from "../../src/redact/recognisers/index.js";

it("redaction.md lists every type that patterns find", () => {
  const text = readFileSync("docs/redaction.md", "utf8");
  expect([...patternTypes, ...typesOnRequest].filter((type) => !text.includes(`\`${type}\``))).toEqual([]);
});
