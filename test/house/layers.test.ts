import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "nerium-layers-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Rooms from top to bottom; those of one line may use each other, except graph/ and runtime/. */
const layers = [
  ["cli", "serve"],
  ["quickstart"],
  ["train", "export"],
  ["infer", "card"],
  ["models"],
  ["tokenize", "data", "hub"],
  ["graph", "runtime"],
  ["files"],
];
const rooms = layers.flat();
/** Imports of the same line or further down that are refused all the same. */
const refusedBeside = new Set(["serve -> cli", "serve -> quickstart"]);

/** The lint rule's messages by file, for files that exist in a copy of the house with nothing else in it. */
function restrictedImports(files: Record<string, string>): Map<string, string> {
  const house = mkdtempSync(join(scratch, "house-"));
  writeFileSync(join(house, "biome.json"), readFileSync(join(root, "biome.json")));
  writeFileSync(join(house, ".gitignore"), "node_modules\n");
  symlinkSync(join(root, "node_modules"), join(house, "node_modules"));
  for (const [file, source] of Object.entries(files)) {
    mkdirSync(dirname(join(house, file)), { recursive: true });
    writeFileSync(join(house, file), source);
  }
  const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
  const run = spawnSync(
    process.execPath,
    [biome, "lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "src"],
    { cwd: house, encoding: "utf8" },
  );
  const report = JSON.parse(run.stdout) as {
    diagnostics: { message: string; location: { path: string } }[];
  };
  return new Map(report.diagnostics.map(({ location, message }) => [location.path, message]));
}

const importOf = (from: string, to: string): [string, string] => [
  `src/${from}/deep/imports-${to}.ts`,
  `export * from "../../${to}/x.js";\n`,
];

describe("imports point down only", () => {
  it("an import of a room above is refused, one of a room below is not", () => {
    const pairs = rooms.flatMap((from) => rooms.filter((to) => to !== from).map((to) => ({ from, to })));
    const refused = restrictedImports(Object.fromEntries(pairs.map(({ from, to }) => importOf(from, to))));
    const height = (room: string) => layers.length - layers.findIndex((layer) => layer.includes(room));
    const wrong = pairs.filter(({ from, to }) => {
      const sides = [from, to].sort().join();
      const shouldRefuse =
        height(to) > height(from) || sides === "graph,runtime" || refusedBeside.has(`${from} -> ${to}`);
      return refused.has(importOf(from, to)[0]) !== shouldRefuse;
    });
    expect(wrong).toEqual([]);
  });

  it("evaluate/ and graph/ are pure", () => {
    const allowedForEvaluate = new Set(["data"]);
    const files = Object.fromEntries([
      ...rooms.map((room) => importOf("evaluate", room)),
      ["src/evaluate/reads.ts", `export * from "node:fs";\n`],
      ["src/graph/reads.ts", `export * from "node:fs";\n`],
    ]);
    const refused = restrictedImports(files);
    const passed = Object.keys(files).filter((file) => !refused.has(file));
    expect(passed).toEqual([...[...allowedForEvaluate].map((room) => importOf("evaluate", room)[0])]);
    expect(refused.get("src/evaluate/reads.ts")).toContain("evaluate/ is pure");
  });

  it("types, re-exports and dynamic imports count too, and the message gives the reason", () => {
    const refused = restrictedImports({
      "src/data/types.ts": `import type { A } from "../train/x.js";\nexport type B = A;\n`,
      "src/data/dynamic.ts": `export const later = import("../train/x.js");\n`,
      "src/graph/session.ts": `import { Session } from "../runtime/index.js";\nexport const open = Session;\n`,
    });
    expect([...refused.keys()].sort()).toEqual([
      "src/data/dynamic.ts",
      "src/data/types.ts",
      "src/graph/session.ts",
    ]);
    expect(refused.get("src/data/types.ts")).toContain("Imports point down only");
    expect(refused.get("src/graph/session.ts")).toContain("do not know each other");
  });

  it("every room of the house stands in the rule", () => {
    const folders = readdirSync(join(root, "src"), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const known = new Set([...rooms, "evaluate"]);
    expect(folders.map((folder) => folder.name).filter((name) => !known.has(name))).toEqual([]);
  });
});
