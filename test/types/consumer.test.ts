/** In ES modules and in CommonJS, the types of the built package hold without skipLibCheck, however strict the consumer is. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { full } from "../breadth.js";

const root = resolve(import.meta.dirname, "../..");
const isBuilt = existsSync(join(root, "dist/index.d.ts"));

const program = `import { isNeriumError, load, train, type RecipeInput, type TrainEvent } from "nerium";
import { load as loadOnly, splitWords } from "nerium/infer";
import { redact, restore, type RedactOptions } from "nerium/redact";

const recipe: RecipeInput = { model: "m", output: "o", labels: ["O", "B-PER"] };
const run = train(recipe, { listeners: [(event: TrainEvent) => { if (event.type === "step") event.loss.toFixed(2); }] });
for await (const event of run) if (event.type === "evaluation") event.metrics.f1.toFixed(4);
const ner = await load("m", { threads: 2 });
const first: string | undefined = (await ner("text"))[0]?.type;
const redactOptions: RedactOptions = { numbers: "all" };
const redacted: string = (await redact(undefined, "x", redactOptions)).text + (await restore("x", { key: "k" }));
const { start } = (await (await loadOnly("m"))("x"))[0] ?? splitWords("a b")[0]!;
console.log(first, start, redacted, isNeriumError(undefined));
`;

/** The same for a CommonJS package, where `import` becomes `require`. There is no `await` at the top level. */
const commonJs = program
  .replace(/^(?=const recipe)/m, "async function main() {\n")
  .concat('}\nmain();\nconst required: Promise<unknown> = import("nerium/infer");\nconsole.log(required);\n');

const nodeNext = {
  files: ["main.ts", "main.cts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};
/** Where the types must hold, by what they are called here. */
const CONSUMERS: Record<string, ts.CompilerOptions & { readonly files: readonly string[] }> = {
  "NodeNext, with exact optional properties": { ...nodeNext, exactOptionalPropertyTypes: true },
  NodeNext: nodeNext,
  "a bundler": {
    files: ["main.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  },
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "nerium-consumer-"));
  mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
  symlinkSync(root, join(folder, "node_modules/nerium"), "junction");
  symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"), "junction");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(join(folder, "main.ts"), program);
  writeFileSync(join(folder, "main.cts"), commonJs);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(!isBuilt)("a consumer (needs npm run build)", () => {
  // Each takes seconds, so one stands for all.
  it.each(full ? Object.keys(CONSUMERS) : ["NodeNext, with exact optional properties"])(
    "with %s compiles without skipLibCheck",
    (name) => {
      const { files, ...options } = CONSUMERS[name]!;
      const compiled = ts.createProgram(
        files.map((file) => join(folder, file)),
        {
          ...options,
          target: ts.ScriptTarget.ES2022,
          strict: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmit: true,
          types: ["node"],
          typeRoots: [join(folder, "node_modules/@types")],
        },
      );
      const problems = ts.getPreEmitDiagnostics(compiled).map(({ file, messageText }) => {
        const text = ts.flattenDiagnosticMessageText(messageText, "\n");
        return `${file?.fileName ?? ""}: ${text}`;
      });
      expect(problems).toEqual([]);
    },
  );
});
