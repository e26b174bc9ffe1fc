import { mulberry32, shuffled } from "./mulberry32.js";

/** A unit that is never divided between parts: a document, a sentence or a text. */
export interface SplitUnit {
  /** Number of sentences. */
  readonly size: number;
  /** Number of entities of each type. */
  readonly entities: ReadonlyMap<string, number>;
}

/**
 * Returns the part of each unit, so that every part gets its share of the sentences and of the entities of
 * each type. Each unit goes to the part where it least increases the chi-squared distance of the parts from
 * their shares. Units that hold the largest share of a type come first, so that rare and large ones are
 * placed while there is room. The same seed gives the same parts.
 *
 * @param ratios sizes of the parts; they need not sum to 1
 */
export function stratified(units: readonly SplitUnit[], ratios: readonly number[], seed: number): Int32Array {
  const whole = ratios.reduce((sum, ratio) => sum + ratio, 0);
  const amounts = units.map(
    ({ size, entities }) => new Map<string | symbol, number>([...entities, [SENTENCES, size]]),
  );
  const totals = new Map<string | symbol, number>();
  for (const unit of amounts)
    for (const [kind, amount] of unit) totals.set(kind, (totals.get(kind) ?? 0) + amount);
  const goals = ratios.map(
    (ratio) => new Map([...totals].map(([kind, total]) => [kind, (total * ratio) / whole])),
  );
  const had = ratios.map(() => new Map<string | symbol, number>());

  const largestShare = amounts.map((unit) =>
    Math.max(...[...unit].map(([kind, amount]) => amount / totals.get(kind)!)),
  );
  const order = shuffled(units.keys(), mulberry32(seed)).sort((a, b) => largestShare[b]! - largestShare[a]!);
  const parts = new Int32Array(units.length);
  for (const index of order) {
    const unit = amounts[index]!;
    const growth = goals.map((goal, part) => growthOf(unit, goal, had[part]!));
    const best = growth.indexOf(Math.min(...growth));
    parts[index] = best;
    for (const [kind, amount] of unit) had[best]!.set(kind, (had[best]!.get(kind) ?? 0) + amount);
  }
  return parts;
}

/** Key for the number of sentences, beside the entity types. */
const SENTENCES = Symbol("sentences");

type Amounts = ReadonlyMap<string | symbol, number>;

/** Returns how much a unit increases the sum of (had − goal)² / goal. */
function growthOf(unit: Amounts, goal: Amounts, had: Amounts): number {
  let growth = 0;
  for (const [kind, amount] of unit) {
    const aim = goal.get(kind)!;
    growth += (amount * (2 * ((had.get(kind) ?? 0) - aim) + amount)) / aim;
  }
  return growth;
}
