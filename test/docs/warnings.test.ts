import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** Codes of warnings and notices in the source: those of errors are in files named errors.ts. */
function codesInSource(): string[] {
  const names = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const codes = names
    .filter((name) => name.endsWith(".ts") && !/(^|[\\/])errors\.ts$/.test(name))
    .flatMap((name) => {
      const source = readFileSync(join(root, "src", name), "utf8");
      return [/\b(?:code: |warn\()"([A-Z][A-Z0-9_]+)"/g, /"([A-Z]+_CHANGED)"/g].flatMap((form) => [
        ...source.matchAll(form),
      ]);
    })
    .map(([, code]) => code!)
    // Codes of the system, and the beginnings of the trackers' codes.
    .filter((code) => !/^(E[A-Z]+|MLFLOW|TRACKIO)$/.test(code));
  return [...new Set(codes)].sort();
}

it("the page of warnings has every code of the source", () => {
  const page = readFileSync(join(root, "docs/warnings.md"), "utf8");
  const codes = codesInSource();
  expect(codes.length).toBeGreaterThan(25);
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
