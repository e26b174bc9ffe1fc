import { type Collective, dividedByWeight } from "../../collective/index.js";
import { packBatch } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import { batched } from "../examples/batches.js";
import type { Prepared } from "../prepare/prepare.js";
import { jointBatch } from "./jointMasks.js";
import type { StepBatch } from "./step.js";

/** The part of a step that a process computes. */
export interface OwnPart {
  readonly batches: readonly StepBatch[];
  /** Number of tokens in the whole step. */
  readonly tokens: number;
}

/**
 * Packs the batches that a process runs in a step: its share of each batch of the step, with about as many tokens as that of
 * every other process. Batches without a label are left out.
 *
 * @param windows all windows of the step, since the loss divides by the total of all processes
 * @param step the number of the step, from 1
 */
export function stepBatches(
  windows: readonly TrainingExample[],
  step: number,
  { seed }: Pick<Recipe, "seed">,
  { weights, batchSize, task }: Pick<Prepared, "weights" | "batchSize" | "task">,
  { rank, size }: Pick<Collective, "rank" | "size">,
): OwnPart {
  const { features } = weights.encoder;
  const total = task.weight(windows);
  const tokensOf = ({ inputIds }: TrainingExample) => inputIds.length;
  const batches: StepBatch[] = [];
  let tokens = 0;
  for (const [part, all] of [...batched(windows, batchSize, tokensOf)].entries()) {
    const sequences = all.map(task.sequence);
    if (sequences.every(({ labelled }) => labelled.length === 0)) continue;
    tokens += sequences.reduce((sum, { ids }) => sum + ids.length, 0);
    const own = size === 1 ? undefined : dividedByWeight(all.map(tokensOf), size)[rank]!;
    const members = own === undefined ? all : own.map((index) => all[index]!);
    const ofMembers = own === undefined ? sequences : own.map((index) => sequences[index]!);
    // What only others have labels of adds nothing here.
    if (ofMembers.every(({ labelled }) => labelled.length === 0)) continue;
    batches.push({
      members,
      packed: packBatch(ofMembers, features, weights.vocabulary?.rowOf),
      total,
      key: { seed, step, part },
      ...(own && { joint: jointBatch(sequences, own, features) }),
    });
  }
  return { batches, tokens };
}
