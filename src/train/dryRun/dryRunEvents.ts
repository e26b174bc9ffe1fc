import { isNeriumError, type NeriumWarning } from "../../errors.js";
import { Owned } from "../../owned.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainEvent } from "../../run/events.js";
import { withProgress } from "../../run/withProgress.js";
import { stoppedEarly } from "../errors.js";
import { refuseTaken } from "../finish/outputFolder.js";
import { runEngines } from "../prepare/engines.js";
import { prepare } from "../prepare/prepare.js";
import { findSources, type Sources } from "../prepare/sources.js";
import { StepEngine } from "../step/stepEngine.js";
import type { DryRun } from "./figures.js";
import { measuredRun, type ReadyRun } from "./measureRun.js";
import { PeakMemory } from "./peakMemory.js";

/** What a dry run needs from outside. */
export interface DryRunEdge {
  readonly signal: AbortSignal;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  readonly threads: number;
  /** Bytes of memory that the process can use. */
  readonly usable: () => number;
  /** Bytes that are free on the disk of a path. */
  readonly free: (path: string) => Promise<number>;
}

type Event<T extends TrainEvent["type"]> = Extract<TrainEvent, { type: T }>;
type Events<T> = AsyncGenerator<TrainEvent, T>;

/** A dry run as a generator of events. */
export async function* dryRunEvents(recipe: Recipe, runs: number, edge: DryRunEdge): Events<DryRun> {
  const peak = new PeakMemory();
  const owned = new Owned();
  try {
    const usable = edge.usable();
    const free = await edge.free(recipe.output);
    const engines = await runEngines(recipe);
    const taken = runs === 1 ? await outputWarning(recipe) : undefined;
    if (taken !== undefined) yield { type: "warning", ...taken };
    const sources = yield* findSources(recipe, edge.signal);
    const begin = edge.now();
    const run = yield* ready(recipe, sources, engines, edge, owned);
    for (const { type, code, message } of run.prepared.messages) yield { type, code, message };
    const { measuredSteps, ...figures } = yield* withProgress<
      Event<"measuring">,
      Awaited<ReturnType<typeof measuredRun>>
    >(
      (tell) =>
        measuredRun(run, runs, {
          ...edge,
          ...{ peak, usable, free },
          tell: (progress) => tell({ type: "measuring", ...progress }),
        }),
      ({ type }) => type,
      true,
    );
    return { ...figures, measured: { steps: measuredSteps, seconds: (edge.now() - begin) / 1000 } };
  } catch (error) {
    return await owned.releaseAfter(error);
  } finally {
    peak.stop();
    await owned.release();
  }
}

/** Says that training could not write into its folder, if so. A run may be measured before it is free. */
export async function outputWarning(recipe: Recipe): Promise<NeriumWarning | undefined> {
  try {
    await refuseTaken(recipe);
    return undefined;
  } catch (error) {
    if (!isNeriumError(error)) throw error;
    const message = `${error.message}: ${recipe.output}. Training would end with the error ${error.code}.`;
    return { code: "OUTPUT_TAKEN", message };
  }
}

/** Prepares a run as training does, up to its first step. */
const ready = (
  recipe: Recipe,
  sources: Sources,
  engines: Awaited<ReturnType<typeof runEngines>>,
  { signal, now, threads }: DryRunEdge,
  owned: Owned,
): AsyncGenerator<Event<"reading">, ReadyRun> =>
  withProgress<Event<"reading">, ReadyRun>(
    async (tell) => {
      const begin = now();
      const prepared = await prepare(recipe, sources, {
        engines,
        signal,
        tell: (progress) => tell({ type: "reading", ...progress }),
      }).catch((error: unknown) => {
        throw signal.aborted ? stoppedEarly() : error;
      });
      const trainer = owned.own(await StepEngine.create(recipe, prepared, threads));
      return { recipe, prepared, trainer, preparing: (now() - begin) / 1000 };
    },
    ({ type }) => type,
    true,
  );
