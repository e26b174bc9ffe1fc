import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { entry, fileOf } from "../safetensors/build.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-header-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const file = join(scratch, "model.safetensors");

/** V8 lets garbage grow to 48 MiB before it looks, however little is kept; here what is kept counts. */
const SMALL_NURSERY = ["--max-semi-space-size=1"];

/** How a process of its own ends that opens the file, and by how many bytes it grows. */
function opened(): { outcome: string; grown: number } {
  const child = join(import.meta.dirname, "children", "header.ts");
  const { stdout, stderr } = spawnSync(process.execPath, [...SMALL_NURSERY, "--import", "tsx", child, file], {
    cwd: resolve(import.meta.dirname, "../.."),
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

const BYTES = 8_000_000;
const many = (token: (index: number) => string) => {
  const tokens: string[] = [];
  for (let length = 0, index = 0; length < BYTES; index++) {
    const next = token(index);
    length += next.length + 1;
    tokens.push(next);
  }
  return tokens.join();
};
const unknown = (value: string) => `{"a":{"unknown":${value}}}`;

/** Headers of some megabytes that promise to be more than they are. */
const HEADERS: readonly (readonly [string, string, () => string])[] = [
  [
    "100,000 tensors",
    "read",
    () => `{${Array.from({ length: 100_000 }, (_, i) => `"${i}":${entry(i, i + 1, "[]", "U8")}`)}}`,
  ],
  ["empty objects", "refused", () => unknown(`[${many(() => "{}")}]`)],
  ["numbers", "refused", () => unknown(`[${many(() => "1")}]`)],
  ["keys", "refused", () => unknown(`{${many((i) => `"${i}":0`)}}`)],
  ["metadata", "refused", () => `{"__metadata__":{${many((i) => `"${i}":""`)}}}`],
  ["dimensions", "refused", () => `{"a":{"shape":[${many(() => "1")}]}}`],
  ["names of two bytes a character", "refused", () => `{"${many(() => "é")}":1}`],
  ["escapes", "refused", () => unknown(`"${"\\u0041".repeat(BYTES / 6)}"`)],
];

describe("T6: memory stays within ten times the header", () => {
  it.each(HEADERS)("of %s", (name, expected, header) => {
    const text = header();
    writeFileSync(file, fileOf(text, new Uint8Array(name.endsWith("tensors") ? 100_000 : 0)));
    const { outcome, grown } = opened();
    expect(outcome).toBe(expected === "read" ? "read" : "MODEL_SAFETENSORS_INVALID");
    expect(grown / Buffer.byteLength(text)).toBeLessThan(10);
  });

  it("of no header at all behind a length that claims all that is allowed", () => {
    writeFileSync(file, fileOf("{}", new Uint8Array(0), 100_000_000n));
    const { outcome, grown } = opened();
    expect(outcome).toBe("MODEL_SAFETENSORS_INVALID");
    expect(grown).toBeLessThan(4 * 2 ** 20);
  });

  it("of a hole in a file that takes no room on the disk", () => {
    writeFileSync(file, fileOf("", new Uint8Array(0), 99_000_000n));
    truncateSync(file, 2 ** 40);
    const { outcome, grown } = opened();
    expect(outcome).toBe("MODEL_SAFETENSORS_INVALID");
    expect(grown).toBeLessThan(2 * 99_000_000);
  });
});
