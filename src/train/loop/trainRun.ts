import { type Collective, singleProcess } from "../../collective/index.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";
import { withProgress } from "../../run/withProgress.js";
import type { Engine } from "../../runtime/index.js";
import { fingerprintOf } from "../checkpoint/fingerprint.js";
import { resume } from "../checkpoint/resume.js";
import { Saver } from "../checkpoint/saver.js";
import { severalNeedProcessors, stoppedEarly } from "../errors.js";
import { OutputFolder } from "../finish/outputFolder.js";
import { bf16AdviceOnce } from "../prepare/bf16Advice.js";
import { runEngines } from "../prepare/engines.js";
import { gpuAdviceOnce } from "../prepare/gpuAdvice.js";
import { deviceNotice } from "../prepare/messages.js";
import { type Prepared, prepare } from "../prepare/prepare.js";
import { findSources } from "../prepare/sources.js";
import { SharedStop } from "../step/sharedStop.js";
import { StepEngine } from "../step/stepEngine.js";
import { requireSameInputs } from "./sameInputs.js";
import { TrainLoop } from "./trainLoop.js";
import type { RunFolder, TrainingEdge } from "./trainState.js";

type Events<T> = AsyncGenerator<TrainEvent, T>;

/** A training run as a generator of events; see `TrainEvent` for their order. */
export async function* trainRun(recipe: Recipe, edge: TrainingEdge): Events<TrainResult> {
  const begin = edge.now();
  const owned = new Owned();
  try {
    const { collective = singleProcess } = edge;
    const output = await openedFolder(owned, recipe, edge, collective);
    yield* output.warnings;
    if (output.finished !== undefined) {
      const message = `The run in ${recipe.output} is already finished.`;
      yield { type: "notice", code: "ALREADY_FINISHED", message };
      return output.finished;
    }
    return yield* trainingIn(owned, output, recipe, { ...edge, collective }, begin);
  } catch (error) {
    return await owned.releaseAfter(error);
  } finally {
    await owned.release();
  }
}

/** Processes exchange weights and gradients in host memory. */
function requireHostMemory({ device }: Engine, { size }: Collective): void {
  if (size > 1 && device !== "cpu") throw severalNeedProcessors(device);
}

/** Opens the output folder. Of several processes only the first one does, and tells the others what it has found. */
async function openedFolder(
  owned: Owned,
  recipe: Recipe,
  edge: TrainingEdge,
  collective: Collective,
): Promise<RunFolder> {
  const first =
    collective.rank === 0 ? owned.own(await OutputFolder.open(recipe, edge), "release") : undefined;
  if (collective.size === 1) return first!;
  const { checkpoint, finished } = await collective.fromFirst({
    checkpoint: first?.checkpoint,
    finished: first?.finished,
  });
  return first ?? { checkpoint, finished, kept: [], obsolete: [], warnings: [], async check() {} };
}

/** Waits for something. If it fails, releases the weights and the training data, which the engine does not have yet. */
async function releasedUnless(work: () => Promise<void>, { weights, train }: Prepared): Promise<void> {
  try {
    await work();
  } catch (error) {
    const owned = new Owned();
    owned.own(weights);
    owned.own(train, "close");
    await owned.releaseAfter(error);
  }
}

async function* trainingIn(
  owned: Owned,
  output: RunFolder,
  recipe: Recipe,
  edge: TrainingEdge & { readonly collective: Collective },
  begin: number,
): Events<TrainResult> {
  const { collective } = edge;
  const stop = new SharedStop(edge.signal, collective.size === 1);
  const engines = await runEngines(recipe);
  requireHostMemory(engines.training, collective);
  // The first process downloads what is missing, and the others find it.
  if (collective.rank > 0) await collective.fromFirst(undefined);
  const sources = yield* findSources(recipe, edge.signal);
  if (collective.rank === 0) await collective.fromFirst(undefined);
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
  const fingerprint = fingerprintOf(prepared);
  fingerprint.catch(() => {}); // A process that trains alone awaits it only when the first checkpoint is written.
  await releasedUnless(() => requireSameInputs(recipe, prepared, fingerprint, collective), prepared);
  const trainer = owned.own(await StepEngine.create(recipe, prepared, edge.threads, { collective, stop }));
  const saver = owned.own(new Saver(recipe, prepared, output, edge.fs), "quiet");
  const { checkpoint } = output;
  const known = checkpoint && (await fingerprint);
  const resumed =
    checkpoint &&
    (await trainer.restore((state) => {
      const now = { fingerprint: known!, threads: edge.threads, ranks: collective.size };
      return resume(checkpoint, recipe, prepared, trainer, now, state);
    }));
  const agreed = { ...edge, signal: stop.signal };
  const parts = { prepared, trainer, saver, output, collective, fingerprint, begin, resumed };
  const loop = new TrainLoop(recipe, agreed, parts);
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
