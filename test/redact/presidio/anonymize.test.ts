/** Presidio's operators do what Presidio does: `make.py` records it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { aesDecrypted, aesEncrypted } from "../../../src/redact/presidio/aes.js";
import { anonymized, deanonymized } from "../../../src/redact/presidio/anonymize.js";
import { operated } from "../../../src/redact/presidio/operators.js";

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "recorded.json"), "utf8")) as {
  readonly anonymized: readonly {
    readonly body: {
      readonly text: string;
      readonly analyzer_results: Parameters<typeof anonymized>[1];
      readonly anonymizers: Parameters<typeof anonymized>[2];
    };
    readonly answer: unknown;
  }[];
  readonly encrypted: readonly {
    readonly key: string;
    readonly encrypted: string;
    readonly answer: unknown;
  }[];
};

describe("the operators of Presidio", () => {
  it("make of every recorded text what Presidio makes of it", () => {
    expect(recorded.anonymized.length).toBe(80);
    for (const { body, answer } of recorded.anonymized)
      expect(anonymized(body.text, body.analyzer_results, body.anonymizers), JSON.stringify(body)).toEqual(
        answer,
      );
  });

  it("decrypt what Presidio encrypted, with keys of each length", () => {
    expect(new Set(recorded.encrypted.map(({ key }) => Buffer.byteLength(key)))).toEqual(
      new Set([16, 24, 32]),
    );
    for (const { key, encrypted, answer } of recorded.encrypted) {
      const span = { entity_type: "PERSON", start: 0, end: encrypted.length };
      expect(deanonymized(encrypted, [span], { DEFAULT: { type: "decrypt", key } })).toEqual(answer);
    }
  });

  it("encrypt with another vector each time, so that equal values look different", () => {
    const key = "0123456789abcdef";
    const values = [aesEncrypted(key, "Anna"), aesEncrypted(key, "Anna")];
    expect(values[0]).not.toBe(values[1]);
    expect(values.map((each) => aesDecrypted(key, each))).toEqual(["Anna", "Anna"]);
    expect(values[0]).toMatch(/^[\w-]{43}=$/);
  });

  it.each([
    ["a key of another length", () => aesEncrypted("short", "x"), "REDACT_PRESIDIO_INVALID"],
    ["half of a character", () => aesEncrypted("0123456789abcdef", "\ud83d"), "REDACT_PRESIDIO_INVALID"],
    [
      "another key",
      () => aesDecrypted("0123456789abcdeX", aesEncrypted("0123456789abcdef", "x".repeat(99))),
      "REDACT_KEY_WRONG",
    ],
    [
      "a value that was cut",
      () => aesDecrypted("0123456789abcdef", aesEncrypted("0123456789abcdef", "x").slice(0, 30)),
      "REDACT_KEY_WRONG",
    ],
    ["a short salt", () => operated({ type: "hash", salt: "short" }, "A", "x"), "REDACT_PRESIDIO_INVALID"],
    [
      "a span behind the text",
      () => anonymized("abc", [{ entity_type: "A", start: 2, end: 4 }], {}),
      "REDACT_PRESIDIO_INVALID",
    ],
    [
      "no operator",
      () => deanonymized("abc", [{ entity_type: "A", start: 0, end: 1 }], {}),
      "REDACT_PRESIDIO_INVALID",
    ],
  ])("refuse %s", (_, call, code) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });

  it("hash with another salt each time if none is given", () => {
    const hash = () => operated({ type: "hash" }, "A", "Anna");
    expect(hash()).toMatch(/^[\da-f]{64}$/);
    expect(hash()).not.toBe(hash());
  });
});
