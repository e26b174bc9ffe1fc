import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

/** What makes an error, with its first argument: a code, or one of two. */
const MADE = /new NeriumError\(\s*([^,]+),/g;
const CODE = /"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"/g;

/** Every code that a room's `errors.ts` makes, with the comment of the function that makes it. */
function codesInSource(): Map<string, { file: string; when: string }> {
  const found = new Map<string, { file: string; when: string }>();
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  for (const file of sources.filter((name) => /(^|[\\/])errors\.ts$/.test(name))) {
    const source = readFileSync(join(root, "src", file), "utf8");
    for (const match of source.matchAll(MADE)) {
      const comments = [...source.slice(0, match.index).matchAll(/\/\*\*(.*?)\*\//gs)];
      const when = (comments.at(-1)?.[1] ?? "").replace(/\s*\n\s*\*\s*/g, " ").trim();
      for (const [, code] of match[1]!.matchAll(CODE)) found.set(code!, { file: `src/${file}`, when });
    }
  }
  return found;
}

interface Row {
  readonly code: string;
  readonly when: string;
  readonly remedy: string;
}

function rowsOfPage(): Row[] {
  const page = readFileSync(join(root, "docs/errors.md"), "utf8");
  const rows = page.matchAll(/^\| `([A-Z0-9_]+)` \| (.+?) \| (.+) \|$/gm);
  return [...rows].map(([, code, when, remedy]) => ({ code: code!, when: when!, remedy: remedy! }));
}

describe("the error catalogue", () => {
  const inSource = codesInSource();
  const rows = rowsOfPage();

  it("has a row for every code of the source", () => {
    const listed = new Set(rows.map((row) => row.code));
    const missing = [...inSource].filter(([code]) => !listed.has(code));
    // The rows to add, but for what the reader can do.
    expect(missing.map(([code, { when }]) => `| \`${code}\` | ${when} | … |`)).toEqual([]);
  });

  it("has no row for a code that the source does not make, and none twice", () => {
    const codes = rows.map((row) => row.code);
    expect(codes.filter((code) => !inSource.has(code))).toEqual([]);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it("says of each code when it happens and what to do", () => {
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ when, remedy }) => when.length < 10 || remedy.length < 10)).toEqual([]);
  });

  it("finds every error of the house: codes are literals, in files named errors.ts", () => {
    const hidden = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) => {
      if (!name.endsWith(".ts")) return false;
      const made = [...readFileSync(join(root, "src", name), "utf8").matchAll(MADE)];
      return made.some((match) => !/errors\.ts$/.test(name) || match[1]!.match(CODE) === null);
    });
    expect(hidden).toEqual([]);
  });

  it("names the codes of each room after it", () => {
    const prefixes = {
      src: "PACKAGE",
      files: "FILES",
      safetensors: "MODEL",
      pickle: "MODEL",
      models: "MODEL",
      crf: "MODEL",
      recipe: "RECIPE",
      formats: "DATA",
    };
    const wrong = [...inSource].filter(([code, { file }]) => {
      const [source, room] = file.split(/[\\/]/).slice(0, -1) as [string, string?];
      return !code.startsWith(
        `${prefixes[(room ?? source) as keyof typeof prefixes] ?? room!.toUpperCase()}_`,
      );
    });
    expect(wrong).toEqual([]);
  });
});
