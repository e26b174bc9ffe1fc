import type { Collective } from "../../collective/index.js";
import type { Recipe } from "../../recipe/index.js";
import { snakeCase } from "../../recipe/spelling.js";
import type { Fingerprint } from "../../run/fingerprint.js";
import { changedContents, differingFields } from "../checkpoint/changes.js";
import { ranksDiffer } from "../errors.js";
import type { Prepared } from "../prepare/prepare.js";

/** What decides about the result of a run, at one process. */
interface Inputs {
  readonly recipe: Recipe;
  readonly fingerprint: Fingerprint;
  readonly labels: readonly string[];
}

/**
 * Checks that all processes train by the same recipe, and read the same data, labels and weights with the same tokenizer:
 * otherwise the model would be wrong, or one process would wait for another for ever.
 *
 * @throws NeriumError TRAIN_RANKS_DIFFER at every process
 */
export async function requireSameInputs(
  recipe: Recipe,
  { labels }: Pick<Prepared, "labels">,
  fingerprint: Promise<Fingerprint>,
  collective: Collective,
): Promise<void> {
  if (collective.size === 1) return;
  const own: Inputs = { recipe, fingerprint: await fingerprint, labels };
  const found = await collective.fromFirst(firstDifference(await collective.toFirst(own)));
  if (found !== undefined) throw ranksDiffer(found.rank, found.differences);
}

function firstDifference([first, ...others]: readonly Inputs[] = []) {
  for (const [index, other] of others.entries()) {
    const differences = differencesOf(first!, other);
    if (differences.length > 0) return { rank: index + 1, differences };
  }
  return undefined;
}

function differencesOf(first: Inputs, other: Inputs): string[] {
  const fields = differingFields(first.recipe, other.recipe).map(
    (key) => `${snakeCase(key)} (${shown(other.recipe[key])}, not ${shown(first.recipe[key])})`,
  );
  return [...fields, ...changedContents(first, other)];
}

const LONGEST = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "the default";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
