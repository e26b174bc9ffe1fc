/** Everything about an encoder family is in its own file: a new family is one new file. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { commonSchema } from "../../src/models/config.js";
import { families, modelTypes } from "../../src/models/families/index.js";
import { mentions } from "./families.js";

const source = resolve(import.meta.dirname, "../../src");

const common = Object.keys(commonSchema.shape);
/** A schema that renames keys first has the others in its second part. */
const keysOf = (schema: unknown) =>
  Object.keys(((schema as z.ZodPipe<z.ZodType, z.ZodObject>).out ?? (schema as z.ZodObject)).shape);
const ofFamilies = families.flatMap(({ schema }) => keysOf(schema));
/**
 * The keys of config.json that only a family reads, and `model_type`. Keys that are plain words are left out,
 * since they occur everywhere; the type of ModelConfig prevents other code from reading them.
 */
const configKeys = [...ofFamilies.filter((key) => !common.includes(key) && key.includes("_")), "model_type"];

/** The files that may mention them, and why. */
const exceptions: Readonly<Record<string, { readonly may: RegExp; readonly why: string }>> = {
  "models/config.ts": { may: /^model_type$/, why: "the key is in every config.json" },
  "models/configText.ts": { may: /^model_type$/, why: "finds the family's schema" },
  "models/readConfig.ts": { may: /^model_type$/, why: "finds the family, and refuses what has none" },
  "models/heads/tokenClassification.ts": { may: /^classifier$/, why: "the head's own name" },
  "quickstart/config.ts": { may: /^(\w+_\w+|bert)$/, why: "the quickstart chooses its encoder" },
  "redact/formats/entities.ts": { may: /^quot:22 /, why: "characters of HTML, Greek letters among them" },
  "recipe/fields.ts": { may: /\s/, why: "help texts" },
};

const found = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts") && !path.startsWith("models/families/"))
  .flatMap((path) =>
    mentions(readFileSync(join(source, path), "utf8"), modelTypes, configKeys).map((mention) => ({
      path,
      ...mention,
    })),
  );

describe("what an encoder family is", () => {
  it("stands nowhere but in src/models/families/: model types, keys of config.json, names of parameters", () => {
    const wrong = found.filter(({ path, text }) => !exceptions[path]?.may.test(text));
    expect(wrong.map(({ path, line, text }) => `${path}:${line} says ${text}`)).toEqual([]);
  });

  it("has no exception that is not needed", () => {
    const needed = new Set(found.map(({ path }) => path));
    expect(Object.keys(exceptions).filter((path) => !needed.has(path))).toEqual([]);
  });
});

describe("is found", () => {
  it.each([
    ["a model type", `if (config.type === "roberta") f();`, "roberta"],
    ["a key that is read", `const h = config.hidden_size;`, "hidden_size"],
    ["a key that is taken apart", `const { hidden_size: h } = config;`, "hidden_size"],
    ["a key in brackets", `const h = config["hidden_size"];`, "hidden_size"],
    ["model_type compared", `if (config.model_type !== other) f();`, "model_type"],
    ["a normalisation", `name.includes("LayerNorm")`, "LayerNorm"],
    ["a bias", `name.endsWith("bias")`, "bias"],
    ["the head", "name.startsWith(`classifier.`)", "classifier."],
    ["a layer", `/\\.encoder\\.layer\\.(\\d+)\\./.exec(name)`, "/\\.encoder\\.layer\\.(\\d+)\\./"],
    [
      "a table",
      `const name = \`\${prefix}.embeddings.word_embeddings.weight\`;`,
      ".embeddings.word_embeddings.weight",
    ],
    ["a buffer", `name.endsWith("position_ids")`, "position_ids"],
  ])("%s", (_, text, what) => {
    expect(mentions(`\n${text}`, modelTypes, configKeys)).toEqual([{ line: 2, text: what }]);
  });

  it("and what comments, modules and roles say is none of it", () => {
    const text = `import { bert } from "./bert.js"; // bert\nif (role === "bias") f(\`\${at}.bias\`, bert);`;
    expect(mentions(text, modelTypes, configKeys)).toEqual([]);
  });
});
