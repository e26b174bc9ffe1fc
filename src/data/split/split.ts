import { mulberry32 } from "./mulberry32.js";

/** Something that goes into one part of a split as a whole: a document, or a sentence. */
export interface SplitUnit {
  /** Sentences in it. */
  readonly size: number;
  /** Entities in it by type. */
  readonly entities: ReadonlyMap<string, number>;
}

/**
 * For each unit the part that it goes into, so that every part has its share of the entities of each type and of the
 * sentences. Units go where they make the parts' chi-squared distance from their shares grow least, those first that hold
 * most of a type: what is rare or bulky is placed while there is room for it. The same seed gives the same parts.
 *
 * @param ratios of the parts; they need not sum to 1
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
  const order = [...shuffled(units.length, seed)].sort((a, b) => largestShare[b]! - largestShare[a]!);
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

/** The number of sentences, beside the types of entities. */
const SENTENCES = Symbol("sentences");

type Amounts = ReadonlyMap<string | symbol, number>;

/** By how much a unit makes the sum of (has − goal)² / goal grow. */
function growthOf(unit: Amounts, goal: Amounts, had: Amounts): number {
  let growth = 0;
  for (const [kind, amount] of unit) {
    const aim = goal.get(kind)!;
    growth += (amount * (2 * ((had.get(kind) ?? 0) - aim) + amount)) / aim;
  }
  return growth;
}

/** The numbers below a count in an order that the seed decides. */
function shuffled(count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = mulberry32(seed);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
