import { packBatch } from "../../models/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainingExample } from "../../tasks/tokenClassification/index.js";
import { batched } from "../examples/batches.js";
import type { Prepared } from "../prepare/prepare.js";
import { type Collective, shard } from "./collective.js";
import type { StepBatch } from "./step.js";

/**
 * Packs the batches that a process runs in a step. Batches without a label are left out.
 *
 * @param windows all windows of the step, since the loss divides by the total of all processes
 * @param step the number of the step, from 1
 */
export function stepBatches(
  windows: readonly TrainingExample[],
  step: number,
  { seed }: Pick<Recipe, "seed">,
  { weights, batchSize, task }: Pick<Prepared, "weights" | "batchSize" | "task">,
  collective: Collective,
): StepBatch[] {
  const { rank, size } = collective;
  const total = task.weight(windows);
  const own = shard(windows, collective);
  const batches: StepBatch[] = [];
  for (const [index, members] of [...batched(own, batchSize, ({ inputIds }) => inputIds.length)].entries()) {
    const sequences = members.map(task.sequence);
    const packed = packBatch(sequences, weights.encoder.features, weights.vocabulary?.rowOf);
    if (packed.sizes.labelled === 0) continue;
    batches.push({ members, packed, total, key: { seed, step, part: index * size + rank } });
  }
  return batches;
}
