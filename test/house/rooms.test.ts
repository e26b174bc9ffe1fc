import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { circles } from "./circles.js";
import { house, sourceFiles } from "./imports.js";
import { floors, wrongImports } from "./rooms.js";

const root = resolve(import.meta.dirname, "../..");

describe("imports point down only", () => {
  it("in the house, as docs/architecture.md draws it", () => {
    expect(wrongImports(house(root), floors(root))).toEqual([]);
  });

  it("every form of import counts, and the message gives the reason", () => {
    const order = [["cli"], ["train"], ["evaluate"], ["runtime"], ["graph"]];
    const wrong = wrongImports(
      sourceFiles({
        "graph/value.ts": `import { x } from "../train/x.js";\nexport const y = x;\n`,
        "graph/type.ts": `import type { X } from "../train/x.js";\nexport type Y = X;\n`,
        "graph/exported.ts": `export { x } from "../train/x.js";\n`,
        "graph/dynamic.ts": `export const later = import("../train/x.js");\n`,
        "graph/inline.ts": `export type Y = import("../train/x.js").X;\n`,
        "graph/session.ts": `import "../runtime/x.js";\n`,
        "runtime/emits.ts": `import { x } from "../graph/emit.js";\nexport const y = x;\n`,
        "runtime/typed.ts": `import type { X } from "../graph/emit.js";\nexport type Y = X;\n`,
        "runtime/standard.ts": `import { x } from "../graph/profiles.js";\nexport const y = x;\n`,
        "evaluate/reads.ts": `import "node:fs";\n`,
        "attic/x.ts": "export {};\n",
        "train/below.ts": `import "../graph/x.js";\nimport "node:fs";\n`,
        "runtime/states.ts": `import type { X } from "../graph/profiles.js";\nexport type Y = X;\n`,
        "train/session.ts": `import { x } from "../runtime/engines/onnxruntime/session.js";\nexport const y = x;\n`,
        "train/engine.ts": `import { x } from "../runtime/index.js";\nexport const y = x;\n`,
        "graph/beside.ts": `import "./x.js";\nimport "zod";\n`,
      }),
      order,
    );
    expect(wrong.map((line) => line.split(" ")[0])).toEqual([
      "graph/value.ts",
      "graph/type.ts",
      "graph/exported.ts",
      "graph/dynamic.ts",
      "graph/inline.ts",
      "graph/session.ts",
      "runtime/emits.ts",
      "runtime/typed.ts",
      "runtime/standard.ts",
      "evaluate/reads.ts",
      "attic/x.ts",
      "train/session.ts",
    ]);
    expect(wrong[0]).toContain("imports point down only");
    expect(wrong[5]).toContain("bytes of an ONNX model");
    for (const line of wrong.slice(6, 9)) expect(line).toContain("only types of graph/profiles.ts");
    expect(wrong[9]).toContain("evaluate/ is pure");
    expect(wrong[11]).toContain("knows none by name");
  });
});

describe("what is a task's own stays in it", () => {
  it("no card, and no part of a run that any task would have, scores tags itself", () => {
    const parts = ["card/", "run/", "train/loop/", "train/step/", "train/finish/"];
    const knowing = house(root)
      .filter(({ path }) => parts.some((part) => path.startsWith(part)))
      .filter(({ imports }) => imports.some((name) => /^evaluate\/(?!fixed)/.test(name)));
    expect(knowing.map(({ path }) => path)).toEqual([]);
  });
});

describe("no circle of files", () => {
  it.each([
    ["an import", `import { b } from "./b.js";\nexport const a = b;`],
    ["a type", `import type { B } from "./b.js";\nexport type A = B;`],
    ["a re-export", `export * from "./b.js";`],
    ["a dynamic import", `export const a = import("./b.js");`],
    ["a type in place", `export type A = import("./b.js").B;`],
  ])("is found when %s closes it", (_, text) => {
    const texts = { "a.ts": text, "b.ts": `export * from "./c.js";`, "c.ts": `export * from "./a.js";` };
    expect(circles(sourceFiles({ ...texts, "d.ts": `export * from "./a.js";` }))).toEqual([
      ["a.ts", "b.ts", "c.ts"],
    ]);
  });

  it("in the house, types included", () => {
    expect(circles(house(root))).toEqual([]);
  });

  it("a file that imports itself is one", () => {
    expect(circles(sourceFiles({ "a.ts": `export * from "./a.js";` }))).toEqual([["a.ts"]]);
  });
});
