import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import { withProgress } from "../../run/withProgress.js";
import { fingerprintOf } from "../checkpoint/fingerprint.js";
import { resume } from "../checkpoint/resume.js";
import { Saver } from "../checkpoint/saver.js";
import { stoppedEarly } from "../errors.js";
import { OutputFolder } from "../finish/outputFolder.js";
import { bf16AdviceOnce } from "../prepare/bf16Advice.js";
import { runEngines } from "../prepare/engines.js";
import { gpuAdviceOnce } from "../prepare/gpuAdvice.js";
import { deviceNotice } from "../prepare/messages.js";
import { type Prepared, prepare } from "../prepare/prepare.js";
import { findSources } from "../prepare/sources.js";
import { StepEngine } from "../step/stepEngine.js";
import { TrainLoop } from "./trainLoop.js";
import type { TrainingEdge } from "./trainState.js";

type Events<T> = AsyncGenerator<TrainEvent, T>;

/** A training run as a generator of events; see `TrainEvent` for their order. */
export async function* trainRun(recipe: Recipe, edge: TrainingEdge): Events<TrainResult> {
  const begin = edge.now();
  const owned = new Owned();
  try {
    const output = owned.own(await OutputFolder.open(recipe, edge), "release");
    yield* output.warnings;
    if (output.finished !== undefined) {
      const message = `The run in ${recipe.output} is already finished.`;
      yield { type: "notice", code: "ALREADY_FINISHED", message };
      return output.finished;
    }
    return yield* trainingIn(owned, output, recipe, edge, begin);
  } catch (error) {
    return await owned.releaseAfter(error);
  } finally {
    await owned.release();
  }
}

async function* trainingIn(
  owned: Owned,
  output: OutputFolder,
  recipe: Recipe,
  edge: TrainingEdge,
  begin: number,
): Events<TrainResult> {
  const engines = await runEngines(recipe);
  const sources = yield* findSources(recipe, edge.signal);
  const prepared = yield* withProgress<Extract<TrainEvent, { type: "reading" }>, Prepared>(
    (tell) =>
      prepare(recipe, sources, {
        engines,
        signal: edge.signal,
        tell: (progress) => tell({ type: "reading", ...progress }),
      }).catch((error: unknown) => {
        throw edge.signal.aborted ? stoppedEarly() : error;
      }),
    ({ type }) => type,
    true,
  );
  const trainer = owned.own(await StepEngine.create(recipe, prepared, edge.threads));
  const saver = owned.own(new Saver(recipe, prepared, output, edge.fs), "quiet");
  const fingerprint = fingerprintOf(prepared);
  fingerprint.catch(() => {}); // Awaited only when the first checkpoint is written.
  const { checkpoint } = output;
  const resumed =
    checkpoint &&
    (await resume(checkpoint, recipe, prepared, trainer, {
      fingerprint: await fingerprint,
      threads: edge.threads,
    }));
  const loop = new TrainLoop(recipe, edge, { prepared, trainer, saver, output, fingerprint, begin, resumed });
  const advice =
    checkpoint === undefined
      ? [...gpuAdviceOnce(recipe), ...bf16AdviceOnce(recipe, prepared.weights.encoder)]
      : [];
  const device = deviceNotice(recipe, engines.training);
  for (const { type, code, message } of [...device, ...prepared.messages, ...advice])
    yield { type, code, message };
  yield* resumed?.warnings ?? [];
  yield* loop.run();
  return yield* loop.finish();
}
