import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { Digest } from "../../src/files/digest.js";

const BUFFER = 4 * 2 ** 20;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function digestOf(bytes: Uint8Array, pieces: readonly number[]): Promise<string> {
  const digest = new Digest();
  let at = 0;
  for (const length of pieces) {
    // As a writer's memory: it is used for something else as soon as it has been taken.
    const piece = bytes.slice(at, at + length);
    await digest.update(piece);
    piece.fill(0);
    at += length;
  }
  expect(at).toBe(bytes.length);
  return digest.hex();
}

test.each([
  ["nothing", 0, []],
  ["less than a buffer", 1000, [1, 0, 999]],
  ["one buffer", BUFFER, [BUFFER]],
  ["one byte more", BUFFER + 1, [BUFFER - 1, 2]],
  ["many buffers", 5 * BUFFER + 77, [3, 2 * BUFFER, 7, 3 * BUFFER + 67]],
])("is sha256 of %s", async (_, length, pieces) => {
  const bytes = new Uint8Array(randomBytes(length));
  expect(await digestOf(bytes, pieces)).toBe(sha256(bytes));
});

test("takes several files at once, and one after the other", async () => {
  for (let round = 0; round < 2; round++) {
    const files = Array.from(
      { length: 5 },
      (_, index) => new Uint8Array(randomBytes((index * BUFFER) / 2 + index)),
    );
    const digests = await Promise.all(files.map((bytes) => digestOf(bytes, [bytes.length])));
    expect(digests).toEqual(files.map(sha256));
  }
});

test("its thread does not keep the process alive", async () => {
  const module = new URL("../../src/files/digest.ts", import.meta.url).href;
  const code = `
    const { Digest } = await import(${JSON.stringify(module)});
    const digest = new Digest();
    await digest.update(new Uint8Array(${2 * BUFFER}));
    console.log(await digest.hex());
  `;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  expect(stdout.trim()).toBe(sha256(new Uint8Array(2 * BUFFER)));
});
