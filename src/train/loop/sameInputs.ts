import type { Collective } from "../../collective/index.js";
import { sha256 } from "../../files/index.js";
import { ranksDiffer } from "../errors.js";
import type { Prepared } from "../prepare/prepare.js";

/**
 * Checks that all processes read the same data with the same tokenizer and labels: otherwise they would train different
 * sentences.
 *
 * @throws NeriumError TRAIN_RANKS_DIFFER at every process
 */
export async function requireSameInputs(
  { train, validation, test, labels, weights, batchSize }: Prepared,
  collective: Collective,
): Promise<void> {
  if (collective.size === 1) return;
  const evaluated = [validation, test].map((split) => split?.data.sentences.length ?? 0);
  const facts = [train.digests(), evaluated, labels, weights.layout.length, batchSize];
  const all = await collective.toFirst(sha256(JSON.stringify(facts)));
  const other = await collective.fromFirst(all?.findIndex((each) => each !== all[0]));
  if (other !== undefined && other > 0) throw ranksDiffer(other);
}
