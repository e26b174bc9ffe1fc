/**
 * Distances of tensors: initial head, final weights, logits. Weights are compared in chunks, since they may
 * be large.
 */
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Tagger } from "../../src/infer/index.js";
import { ModelWeights } from "../../src/models/index.js";
import { openSafetensors } from "../../src/safetensors/index.js";
import type { Prepared } from "../../src/train/prepare/prepare.js";
import type { Recording } from "./recording.js";

/** The largest difference between a new head and the recorded one. */
export function headDistance(
  { weight, bias }: NonNullable<Recording["head"]>,
  { weights }: Prepared,
): number {
  return Math.max(
    furthest(weights.values("classifier.weight"), weight.flat()),
    furthest(weights.values("classifier.bias"), bias),
  );
}

/**
 * True for the bias of an attention key. Its true gradient is zero, because softmax ignores what it adds to all scores of a
 * query; so Adam moves it by noise.
 */
export const isKeyBias = (name: string): boolean => /attention\.(?:self\.key|k_lin)\.bias$/.test(name);

/**
 * The largest difference between the present weights and those in a file, including rows that the run left
 * out.
 */
export async function weightsDistance({ weights }: Prepared, file: string): Promise<number> {
  const recorded = await openSafetensors(file);
  let most = 0;
  try {
    for (const { name, data } of weights.tensors()) {
      if (isKeyBias(name)) continue;
      let from = 0;
      for await (const chunk of data instanceof Float32Array ? [data] : data()) {
        const theirs = new Float32Array(chunk.length);
        await recorded.readInto(name, theirs, { from });
        const distance = furthest(chunk, theirs);
        if (Number.isNaN(distance) || distance > most) most = distance;
        from += chunk.length;
      }
    }
  } finally {
    await recorded.close();
  }
  return most;
}

/**
 * The largest difference of the sample's logits, computed with the recorded final weights. Covers all tokens,
 * including special ones.
 */
export async function logitsDistance(
  sample: Recording["sample"],
  { config, labels }: Prepared,
  finalWeights: string,
  threads: number,
): Promise<number> {
  const weights = await loadFile(finalWeights, config, labels.length);
  try {
    const tagger = await Tagger.create(weights, { threads });
    const rows = await tagger.logits(
      sample.map(({ input_ids }) => ({
        ids: Int32Array.from(input_ids),
        labelled: Int32Array.from(input_ids.keys()),
      })),
    );
    await tagger.dispose();
    return Math.max(...sample.map(({ logits }, index) => furthest(rows[index]!, logits.flat())));
  } finally {
    await weights.dispose();
  }
}

/** Loads the weights of one file with any name. A link makes it `model.safetensors` in a temporary folder. */
async function loadFile(file: string, config: Prepared["config"], labels: number): Promise<ModelWeights> {
  const folder = await mkdtemp(join(tmpdir(), "nerium-parity-"));
  try {
    await symlink(file, join(folder, "model.safetensors"));
    return (await ModelWeights.load(folder, config, labels)).weights;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The largest absolute difference; infinite if the lengths differ, NaN if a value is NaN. */
function furthest(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < ours.length; at++) {
    const distance = Math.abs(ours[at]! - theirs[at]!);
    if (Number.isNaN(distance)) return distance;
    if (distance > most) most = distance;
  }
  return most;
}
