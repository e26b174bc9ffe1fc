import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Certainty, Finding } from "../../src/redact/finding.js";
import { resolved } from "../../src/redact/resolve.js";

const finding = (type: string, start: number, end: number, certainty: Certainty): Finding => ({
  ...{ type, start, end, certainty },
  score: 0.9,
  recogniser: certainty,
});

const shown = (text: string, findings: readonly Finding[]) =>
  resolved(text, findings).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

describe("overlapping findings", () => {
  const text = "John Smith john@x.com 2021";

  it("a checked pattern comes before the model, and what is left of the entity stays", () => {
    expect(
      shown(text, [finding("PERSON", 0, 15, "model"), finding("EMAIL_ADDRESS", 11, 21, "checked")]),
    ).toEqual(["PERSON John Smith", "EMAIL_ADDRESS john@x.com"]);
  });

  it("the model comes before an unchecked pattern", () => {
    expect(
      shown(text, [finding("DATE_TIME", 22, 26, "unchecked"), finding("PRODUCT", 22, 26, "model")]),
    ).toEqual(["PRODUCT 2021"]);
  });

  it("among equals the longer one comes first", () => {
    expect(shown(text, [finding("PERSON", 0, 4, "model"), finding("ORGANIZATION", 0, 10, "model")])).toEqual([
      "ORGANIZATION John Smith",
    ]);
  });

  it("what is left on both sides of a checked pattern stays", () => {
    expect(
      shown(text, [finding("LOCATION", 0, 26, "model"), finding("EMAIL_ADDRESS", 11, 21, "checked")]),
    ).toEqual(["LOCATION John Smith", "EMAIL_ADDRESS john@x.com", "LOCATION 2021"]);
  });

  it("punctuation that is left is not redacted", () => {
    expect(
      shown("a@b.de .", [finding("PERSON", 0, 8, "model"), finding("EMAIL_ADDRESS", 0, 6, "checked")]),
    ).toEqual(["EMAIL_ADDRESS a@b.de"]);
  });

  it("the result never overlaps, is in order, and covers every letter and digit that was found", () => {
    const range = fc
      .tuple(
        fc.nat(30),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom<Certainty>("checked", "model", "unchecked"),
      )
      .map(([start, length, certainty]) => finding("T", start, Math.min(40, start + length), certainty));
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 12 }),
        fc.stringMatching(/^[a-c ,]{40}$/),
        (findings, text) => {
          const result = resolved(text, findings);
          const covered = new Set<number>();
          let end = 0;
          for (const each of result) {
            expect(each.start).toBeGreaterThanOrEqual(end);
            end = each.end;
            for (let at = each.start; at < each.end; at++) covered.add(at);
          }
          for (const each of findings)
            for (let at = each.start; at < each.end; at++)
              if (/[a-c]/.test(text[at]!)) expect(covered.has(at)).toBe(true);
        },
      ),
    );
  });
});
