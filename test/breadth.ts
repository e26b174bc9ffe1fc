/**
 * Tests that try every place (each step of a run, each call to the file system, each byte of a file) try a fixed sample
 * in `npm test`, and all places in `npm run test:long`, which sets NERIUM_TEST_BREADTH.
 */
export const full = process.env.NERIUM_TEST_BREADTH === "full";

/** Every n-th place, or every place. */
export const stride = (n: number): number => (full ? 1 : n);

/** About `count` of all places, evenly spread from the first to the last, or all of them. */
export function sampled<T>(all: readonly T[], count: number): readonly T[] {
  if (full || count >= all.length) return all;
  return Array.from(
    { length: count },
    (_, index) => all[Math.round((index * (all.length - 1)) / (count - 1))]!,
  );
}
