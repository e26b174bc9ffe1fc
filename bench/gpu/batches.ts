import { lengthGrouped } from "../../src/train/examples/lengthGrouped.js";
import { epochOrder } from "../../src/train/random.js";

/** The numbers of the sentences of each full batch of an epoch. */
export function batchNumbers(
  count: number,
  lengthOf: (index: number) => number,
  {
    grouped,
    batchSize,
    seed,
  }: { readonly grouped: boolean; readonly batchSize: number; readonly seed: number },
): number[][] {
  const random = epochOrder(count, seed, 0);
  const order = grouped ? lengthGrouped(random, lengthOf, batchSize) : random;
  return Array.from({ length: Math.floor(count / batchSize) }, (_, index) =>
    Array.from(order.subarray(index * batchSize, (index + 1) * batchSize)),
  );
}
