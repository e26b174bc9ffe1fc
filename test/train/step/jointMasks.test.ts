/** Dropout masks of a batch that is divided: each process drops what one process would drop. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type DropoutSite,
  type FeedMemory,
  localCut,
  packBatch,
  type Sequence,
} from "../../../src/models/index.js";
import { jointBatch } from "../../../src/train/step/jointMasks.js";
import { drawMasks } from "../../../src/train/step/stepBuffers.js";

const REACH = 4;
const features = { heads: 2, reach: REACH };
const key = { seed: 42, step: 3, part: 1 };
const site = (name: string, ...shape: (string | number)[]): DropoutSite => ({
  name,
  shape: shape as DropoutSite["shape"],
  probability: 0.5,
});
const sites = [
  site("rows", "tokens", 3),
  site("labelled", "labelled", 5),
  site("attention", "batch", 2, "length", "length"),
  site("local", "groups", 2, "queries", "keys"),
  site("table", 7, 3),
];

const sequenceOf = (length: number): Sequence => ({
  ids: Int32Array.from({ length }, (_, at) => at),
  labelled: Int32Array.from({ length: Math.ceil(length / 2) }, (_, at) => at * 2),
});

/** Draws the masks of some of the sequences, as a process does that shares the batch with others. */
function masksOf(all: readonly Sequence[], own: readonly number[] | undefined): Map<string, Uint8Array> {
  const packed = packBatch(own?.map((index) => all[index]!) ?? all, features);
  const masks = new Map<string, Uint8Array>();
  const reserve = (name: string, _: string, dims: readonly number[]) => {
    const mask = new Uint8Array(dims.reduce((product, dim) => product * dim, 1));
    masks.set(name, mask);
    const writeBytes = (_from: number, _count: number, set: (bytes: Uint8Array) => void) => set(mask);
    return { buffer: { writeBytes } };
  };
  const memory = { reserve } as unknown as FeedMemory;
  const joint = own && jointBatch(all, own, features);
  drawMasks(memory, sites, { packed, key, ...(joint && { joint }) });
  return masks;
}

/** The values of the masks by what they belong to: rows by sequence, and pairs of tokens that see each other. */
function values(lengths: readonly number[], numbers: readonly number[], masks: Map<string, Uint8Array>) {
  const cut = localCut(lengths, REACH);
  const longest = Math.max(...lengths);
  const found = new Map<string, number | string>();
  const slice = (name: string, from: number, to: number) => masks.get(name)!.subarray(from, to).join("");
  let [token, label, group] = [0, 0, 0];
  lengths.forEach((length, at) => {
    const labels = Math.ceil(length / 2);
    const of = numbers[at]!;
    found.set(`rows ${of}`, slice("rows", token * 3, (token + length) * 3));
    found.set(`labelled ${of}`, slice("labelled", label * 5, (label + labels) * 5));
    for (let head = 0; head < 2; head++)
      for (let i = 0; i < length; i++)
        for (let j = 0; j < length; j++) {
          const whole = ((at * 2 + head) * longest + i) * longest + j;
          found.set(`attention ${of} ${head} ${i} ${j}`, masks.get("attention")![whole]!);
          if (Math.abs(i - j) > REACH) continue;
          const own = Math.floor(i / cut.queries);
          const [query, keyAt] = [i - own * cut.queries, j - own * cut.queries + cut.before];
          const local = (((group + own) * 2 + head) * cut.queries + query) * cut.keys + keyAt;
          found.set(`local ${of} ${head} ${i} ${j}`, masks.get("local")![local]!);
        }
    token += length;
    label += labels;
    group += Math.ceil(length / cut.queries);
  });
  return found;
}

test("rows, pairs of tokens and tables are dropped as in the whole batch", () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 60, max: 90 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(lengths, fc.nat(15), (all, chosen) => {
      const own = [...all.keys()].filter((index) => (chosen >> index) % 2 === 1);
      if (own.length === 0) return;
      const sequences = all.map(sequenceOf);
      const [joint, part] = [masksOf(sequences, undefined), masksOf(sequences, own)];
      const expected = values(all, [...all.keys()], joint);
      const ownLengths = own.map((index) => all[index]!);
      for (const [name, value] of values(ownLengths, own, part))
        if (expected.get(name) !== value) expect.fail(`${name} of lengths ${all.join()}, own ${own.join()}`);
      expect(part.get("table")).toEqual(joint.get("table"));
    }),
    { numRuns: 40 },
  );
});
