import { type LoadOptions, load } from "../infer/index.js";
import { Owned } from "../owned.js";
import { Claims } from "./claims.js";
import { planChanged } from "./errors.js";
import { modelHash } from "./modelHash.js";
import type { AnnotateSettings } from "./options.js";
import type { Plan } from "./plan.js";
import { folderSource, openShards, type ShardSource } from "./shardSource.js";
import { type WorkerEvent, work } from "./work.js";

/** What a worker needs to know. */
export interface Job {
  readonly folder: string;
  /** Folder of the model. */
  readonly model: string;
  readonly settings: Pick<AnnotateSettings, "tries" | "timeout" | "share" | "queue" | "loading" | "ner">;
}

export interface WorkerEdge {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: WorkerEvent) => void) | undefined;
  readonly onWarning?: LoadOptions["onWarning"];
}

/** Milliseconds between two looks at a folder whose shards belong to others. */
const PAUSE = 1000;

/**
 * Annotates shards of a plan until all are finished, or those of its share. The model is loaded only if there is something
 * to do.
 */
export async function runWorker(
  { folder, model, settings }: Job,
  plan: Plan,
  { signal, onEvent, onWarning }: WorkerEdge = {},
): Promise<void> {
  const { tries, timeout, share, queue, loading, ner: options } = settings;
  if ((await openShards(folder, plan, share)).length === 0) return;
  await Owned.during(async (owned) => {
    const ner = owned.own(await load(model, { ...loading, onWarning }));
    // A worker that is started again must not go on with a model that was replaced meanwhile.
    if ((await modelHash(model)) !== plan.model.sha256) throw planChanged(folder, ["model"]);
    const claims = new Claims(folder, { timeout });
    const source: ShardSource = owned.own(
      queue === undefined
        ? folderSource({ folder, plan, claims, share, pause: Math.min(PAUSE, timeout / 4), signal })
        : await (await import("./natsSource.js")).natsSource({
            ...{ address: queue, folder, plan, claims, timeout, signal },
          }),
      "close",
    );
    await work({ folder, plan, ner, options, tries, source, signal, onEvent });
  });
}
