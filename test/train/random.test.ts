import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { epochOrder, normal, randperm, TorchGenerator } from "../../src/train/random.js";

const goldens = JSON.parse(
  readFileSync(join(import.meta.dirname, "goldens", "torch_random.json"), "utf8"),
) as {
  permutations: { seed: number; n: number; order?: number[]; sha256?: string }[];
  normals: { seed: number; count: number; values: number[] }[];
  uniforms: { seed: number; uniforms: number[] }[];
};
const parity = join(import.meta.dirname, "../../../shared/reference/parity");
const readParity = (file: string) =>
  JSON.parse(readFileSync(join(parity, file), "utf8")) as Record<string, unknown>;

describe("the generator", () => {
  test("draws torch's uniforms, past several twists of its state", () => {
    for (const { seed, uniforms } of goldens.uniforms) {
      const generator = new TorchGenerator(seed);
      const drawn = Array.from({ length: 2000 }, () => generator.uniform() * 2 ** 24);
      expect(drawn.slice(-5)).toEqual(uniforms);
    }
  });

  test("refuses seeds that are no whole numbers from 0 on", () => {
    for (const seed of [-1, 0.5, Number.NaN, 2 ** 60])
      expect(() => new TorchGenerator(seed)).toThrow(RangeError);
  });
});

describe("randperm", () => {
  test("permutes as torch does", () => {
    for (const { seed, n, order, sha256 } of goldens.permutations) {
      const found = randperm(n, seed);
      if (order) expect([...found]).toEqual(order);
      else expect(createHash("sha256").update(found).digest("hex")).toBe(sha256);
    }
  });

  test("gives every place once", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(2 ** 31), (n, seed) => {
        expect([...randperm(n, seed)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });

  test("refuses sizes that torch permutes in another way", () => {
    expect(() => randperm(2 ** 32 / 16, 0)).toThrow(RangeError);
  });
});

describe("epochOrder", () => {
  for (const name of ["tiny-bert", "tiny-roberta"])
    test.skipIf(!existsSync(join(parity, name)))(`equals all epochs of the recorded run ${name}`, () => {
      const { arguments: run, order } = readParity(`${name}/run.json`) as {
        arguments: { seed: number; num_train_epochs: number };
        order: number[][];
      };
      const recorded = order.flat();
      // The recording refers to sentences with equal input ids by the first of them. So the same sentence
      // must have the same name in every epoch.
      const nameOf = new Map<number, number>();
      for (let epoch = 0; epoch < run.num_train_epochs; epoch++)
        epochOrder(320, run.seed, epoch).forEach((sentence, place) => {
          const name = recorded[epoch * 320 + place]!;
          expect(nameOf.get(sentence) ?? name).toBe(name);
          expect(name).toBeLessThanOrEqual(sentence);
          nameOf.set(sentence, name);
        });
      expect(recorded.length).toBe(320 * run.num_train_epochs);
    });
});

describe("normal", () => {
  test("draws torch's values on both paths, the tail of the blocks included", () => {
    for (const { seed, count, values } of goldens.normals) {
      const found = normal(count, 0.02, seed);
      expect(found.length).toBe(count);
      found.forEach((value, i) => {
        expect(Math.abs(value - values[i]!) / 0.02, `seed ${seed}, count ${count}, value ${i}`).toBeLessThan(
          1e-6,
        );
      });
    }
  });

  test.skipIf(!existsSync(join(parity, "bert-base-cased-30-steps.json")))(
    "equals the recorded head of bert-base-cased for seed 42",
    () => {
      const { head } = readParity("bert-base-cased-30-steps.json") as {
        head: { weight: number[][] } | Record<string, number[][] | number[]>;
      };
      const rows = Object.values(head).find((value) => Array.isArray(value[0])) as number[][];
      const recorded = rows.flat();
      const found = normal(recorded.length, 0.02, 42);
      const distance = recorded.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
      expect(recorded.length).toBe(9 * 768);
      expect(distance).toBeLessThan(1e-6);
    },
  );
});
