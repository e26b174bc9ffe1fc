import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
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
  head: { seed: number; count: number; every: number; values: number[] };
};
const recordings = join(import.meta.dirname, "parity/recordings");
/** The number of sentences that the recorded runs were trained on. */
const SENTENCES = 48;

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
    test(`equals all epochs of the recorded run ${name}`, () => {
      const { arguments: run, order } = JSON.parse(
        readFileSync(join(recordings, name, "run.json"), "utf8"),
      ) as {
        arguments: { seed: number; num_train_epochs: number };
        order: number[][];
      };
      const recorded = order.flat();
      // The recording refers to sentences with equal input ids by the first of them. So the same sentence
      // must have the same name in every epoch.
      const nameOf = new Map<number, number>();
      for (let epoch = 0; epoch < run.num_train_epochs; epoch++)
        epochOrder(SENTENCES, run.seed, epoch).forEach((sentence, place) => {
          const name = recorded[epoch * SENTENCES + place]!;
          expect(nameOf.get(sentence) ?? name).toBe(name);
          expect(name).toBeLessThanOrEqual(sentence);
          nameOf.set(sentence, name);
        });
      expect(recorded.length).toBe(SENTENCES * run.num_train_epochs);
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

  test("draws a head as wide as bert-base-cased's", () => {
    const { seed, count, every, values } = goldens.head;
    const found = normal(count, 0.02, seed).filter((_, index) => index % every === 0);
    expect(found).toHaveLength(values.length);
    found.forEach((value, i) => {
      expect(Math.abs(value - values[i]!) / 0.02).toBeLessThan(1e-6);
    });
  });
});
