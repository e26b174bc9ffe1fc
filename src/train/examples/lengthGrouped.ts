/** The largest number of batches that are sorted together. */
const MOST_BATCHES = 50;

/**
 * Puts windows of similar length into one batch: cuts a random order into groups of several batches and sorts each by length,
 * longest first. The longest window of all comes first, so that a lack of memory shows at once. As `LengthGroupedSampler` of
 * transformers: https://github.com/huggingface/transformers/blob/main/src/transformers/trainer_pt_utils.py
 *
 * @param order a permutation of all windows
 * @param lengthOf the number of tokens of a window
 * @param batchSize number of windows in a step
 */
export function lengthGrouped(
  order: Uint32Array,
  lengthOf: (index: number) => number,
  batchSize: number,
): Uint32Array {
  if (order.length === 0) return order;
  const batches = Math.max(1, Math.min(Math.floor(order.length / (batchSize * 4)), MOST_BATCHES));
  const size = batches * batchSize;
  const grouped = new Uint32Array(order.length);
  let longest = 0;
  for (let from = 0; from < order.length; from += size) {
    // Sorting is stable, as in Python: windows of equal length stay in random order.
    const group = [...order.subarray(from, from + size)].sort((a, b) => lengthOf(b) - lengthOf(a));
    grouped.set(group, from);
    if (lengthOf(group[0]!) > lengthOf(grouped[longest]!)) longest = from;
  }
  const first = grouped[0]!;
  grouped[0] = grouped[longest]!;
  grouped[longest] = first;
  return grouped;
}
