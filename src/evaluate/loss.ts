/**
 * Computes the `eval_loss` of HF Trainer, which depends on its batches (huggingface/transformers#39241). The
 * loss is averaged over the labelled words of each group of `batchSize` sentences in file order. The means of
 * the groups are then averaged, weighted by their number of sentences (`Trainer.evaluation_loop` repeats the
 * loss of a batch once per sentence).
 *
 * As in Trainer, a group whose mean is not finite is left out, unless all groups are like that. A group
 * without a labelled word has no mean.
 *
 * @param lossesBySentence one loss per labelled word, smoothed if training is, sentence by sentence in file
 *   order
 * @param batchSize `per_device_eval_batch_size`
 * @returns the loss, or NaN if no sentence has a labelled word
 */
export function evalLoss(lossesBySentence: readonly Float32Array[], batchSize: number): number {
  const groups: { readonly loss: number; readonly sentences: number }[] = [];
  for (let first = 0; first < lossesBySentence.length; first += batchSize) {
    const group = lossesBySentence.slice(first, first + batchSize);
    groups.push({ loss: meanOfAll(group), sentences: group.length });
  }
  const finite = groups.filter((group) => Number.isFinite(group.loss));
  const counted = finite.length > 0 ? finite : groups;
  let sum = 0;
  let sentences = 0;
  for (const group of counted) {
    sum += group.loss * group.sentences;
    sentences += group.sentences;
  }
  return sum / sentences;
}

function meanOfAll(lists: readonly Float32Array[]): number {
  let sum = 0;
  let count = 0;
  for (const list of lists) {
    for (const value of list) sum += value;
    count += list.length;
  }
  return sum / count;
}
