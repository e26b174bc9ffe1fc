import type { RunBatch } from "../infer/batchQueue.js";
import { logitsInvalid } from "./errors.js";
import {
  type MakeTensor,
  tensorMaker,
  type WebModel,
  type WebTensor,
  type WebTokenizer,
} from "./transformersJs.js";

/** Returns what runs a batch of sequences, padded to the longest, and gives the logits of the tokens that are asked for. */
export function batchRunner(tokenizer: WebTokenizer, model: WebModel, labels: number): RunBatch {
  let maker: Promise<MakeTensor> | undefined;
  return async (batch) => {
    maker ??= tensorMaker(tokenizer);
    const tensor = await maker;
    const width = Math.max(...batch.map(({ ids }) => ids.length));
    const shape = [batch.length, width];
    // What stands in padding does not matter: the mask hides it.
    const ids = new BigInt64Array(batch.length * width);
    const mask = new BigInt64Array(batch.length * width);
    batch.forEach((sequence, row) => {
      sequence.ids.forEach((id, at) => {
        ids[row * width + at] = BigInt(id);
        mask[row * width + at] = 1n;
      });
    });
    const inputs = { input_ids: tensor(ids, shape), attention_mask: tensor(mask, shape) };
    const { logits } = (await model(inputs)) as { readonly logits: WebTensor };
    if (logits.dims.join() !== [...shape, labels].join())
      throw logitsInvalid(logits.dims, [...shape, labels]);
    const data = logits.data as Float32Array;
    return batch.map(({ labelled }, row) => {
      const scores = new Float32Array(labelled.length * labels);
      labelled.forEach((token, index) => {
        const from = (row * width + token) * labels;
        scores.set(data.subarray(from, from + labels), index * labels);
      });
      return scores;
    });
  };
}
