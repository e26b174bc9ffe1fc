import type { Transitions } from "../crf/index.js";
import type { Evaluation, Task } from "../tasks/task.js";
import type { Tagger } from "./tagger.js";

export interface EvaluationOptions {
  /** Transitions of the model's conditional random field, if it has one. */
  readonly crf?: Transitions | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch with the number of sequences done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Runs a model on the examples of a task and scores it. */
export async function evaluateTagger<Data, Result extends Evaluation>(
  tagger: Pick<Tagger, "logits">,
  task: Pick<Task<never, Data, Result>, "evaluation">,
  data: Data,
  { crf, signal, onProgress }: EvaluationOptions = {},
): Promise<Result> {
  const { sequences, score } = task.evaluation(data, crf);
  const logits = await tagger.logits(sequences, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  return score(logits);
}
