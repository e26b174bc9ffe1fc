/** No regular expression of redaction can be made slow by a text: recheck finds none whose time grows faster than the text. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { installed } from "../../scripts/npm.mjs";
import { dateForms } from "../../src/redact/recognisers/dates.js";
import { keyForms } from "../../src/redact/recognisers/secrets.js";
import { restorable } from "../../src/redact/tokens.js";

const folder = join(import.meta.dirname, "recheck");
const source = resolve(import.meta.dirname, "../../src/redact");
const missing = await installed(folder);

type Check = (
  source: string,
  flags: string,
  params: { timeout: number },
) => {
  readonly status: "safe" | "vulnerable" | "unknown";
  readonly complexity?: { readonly summary: string };
};

/** Every regular expression that is written in the code, with its place. */
function written(): [place: string, source: string, flags: string][] {
  const found: [string, string, string][] = [];
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  )) {
    const tree = ts.createSourceFile(
      file,
      readFileSync(join(source, file), "utf8"),
      ts.ScriptTarget.ES2022,
      true,
    );
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf("/");
        const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push([`${file}:${line}`, node.text.slice(1, end), node.text.slice(end + 1)]);
      }
      ts.forEachChild(node, visit);
    };
    visit(tree);
  }
  return found;
}

/** Those that are put together. */
const composed: [string, string, string][] = [
  ["restorable", restorable().source, "gu"],
  ...keyForms.map((form): [string, string, string] => ["key", `(?<![\\w-])(?:${form})(?![\\w])`, "g"]),
  // The names of months do not matter, only that there are some.
  ...dateForms.map((form): [string, string, string] => [
    "date",
    `(?<![\\p{L}\\p{N}_.-])(?:${form.replace(/\(\?:jan[^\\]*?\)(?=\)|\\|,|\?\\)/g, "(?:may|june)")})(?![\\p{L}\\p{N}_]|[-./]\\d)`,
    "giu",
  ]),
];

/** Large classes of Unicode take long to check, and which letters they have does not matter. */
const simple = (text: string): string =>
  text
    .replaceAll("\\p{Lu}\\p{Lo}", "A-Z")
    .replaceAll("\\p{Lu}", "A-Z")
    .replaceAll("\\p{Ll}", "a-z")
    .replaceAll("\\p{L}", "a-zA-Z")
    .replaceAll("\\p{N}", "0-9")
    .replaceAll("\\p{Nd}", "0-9")
    .replaceAll("\\p{M}", "\\u0300-\\u036f")
    .replaceAll("\\p{S}", "+$")
    .replaceAll("\\p{Sc}", "$")
    .replace(/\\p\{Script=\w+\}/g, "a-z");

describe.skipIf(missing !== undefined)("regular expressions", () => {
  let check: Check;
  beforeAll(() => {
    process.env.RECHECK_BACKEND = "pure";
    check = (createRequire(join(folder, "package.json"))("recheck") as { checkSync: Check }).checkSync;
  });

  it("are found in the code", () => {
    expect(written().length).toBeGreaterThan(100);
  });

  it.each([...written(), ...composed])("%s takes linear time: %s", (_, text, flags) => {
    const { status, complexity } = check(inBrackets(simple(text)), flags, { timeout: 60_000 });
    expect([status, complexity?.summary]).toEqual(["safe", complexity?.summary]);
  });
});

/** A class alone that was simplified needs its brackets. */
const inBrackets = (text: string): string => (/^(?:[a-zA-Z]-[a-zA-Z])+$/.test(text) ? `[${text}]` : text);
