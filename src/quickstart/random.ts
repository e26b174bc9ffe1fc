/** A seeded source of choices: the same seed gives the same choices on every machine. */
export interface Random {
  /** A whole number from 0 to below `n`. */
  below(n: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** One of the items, all with the same probability. */
  pick<T>(items: readonly T[]): T;
  /** The items in a random order. The list itself is not changed. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state and only integer arithmetic, so results do not depend on rounding. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return (x ^ (x >>> 14)) >>> 0;
  };
  const below = (n: number): number => Math.floor((bits() / 2 ** 32) * n);
  return {
    below,
    chance: (p) => bits() / 2 ** 32 < p,
    pick(items) {
      if (items.length === 0) throw new RangeError("nothing to pick from");
      return items[below(items.length)]!;
    },
    shuffled(items) {
      const order = [...items];
      for (let last = order.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        [order[last], order[other]] = [order[other]!, order[last]!];
      }
      return order;
    },
  };
}
