/** Sentences that are worked on at once. */
export const BATCH = 1024;

/** Items in batches; between two of them whoever shows progress, or wants to end, has a turn. */
export async function* inBatches<T>(items: Iterable<T>, size = BATCH): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (batch.length > 0) yield batch;
}
