import { attempt, isTaken, makeFolders, tidy } from "../files/index.js";
import { folderNamed, inferenceEngine } from "../infer/model.js";
import { requireArgument } from "../options.js";
import { checkModel } from "./checkModel.js";
import { stopped } from "./errors.js";
import { findInputs } from "./inputFiles.js";
import { modelHash } from "./modelHash.js";
import { type AnnotateOptions, type AnnotateProgress, annotateSettings } from "./options.js";
import { openPlan, rowsOf, shardOf } from "./plan.js";
import { openShards } from "./shardSource.js";
import { type AnnotationStatus, statusOf } from "./status.js";
import type { WorkerEvent } from "./work.js";
import { runWorker } from "./worker.js";
import { runWorkers } from "./workers.js";

/** As `annotate`. */
export async function annotateFiles(
  model: string,
  inputs: readonly string[],
  output: string,
  options: AnnotateOptions = {},
): Promise<AnnotationStatus> {
  requireArgument("annotate", "model", model, "a text");
  requireArgument("annotate", "inputs", inputs, "a list of texts");
  requireArgument("annotate", "output", output, "a text that is not empty");
  const settings = annotateSettings("annotate", options);
  const { signal, onProgress, say, onWarning, onDownload } = options;
  try {
    signal?.throwIfAborted();
    await inferenceEngine(options);
    await isTaken(output, "folder");
    const files = findInputs(inputs, { from: settings.from, output });
    const folder = await folderNamed(model, { onDownload, signal });
    await checkModel(folder, settings.loading, settings.ner);
    let progress: AnnotateProgress = {
      ...{ stage: "planning", bytes: 0, rows: 0, before: 0, annotated: 0, shards: 0, errors: 0 },
    };
    const report = (change: Partial<AnnotateProgress>) => {
      progress = { ...progress, ...change };
      onProgress?.(progress);
    };
    const { format, shardSize, textColumn, deciding } = settings;
    const wanted = {
      model: { name: model, sha256: await modelHash(folder) },
      ...{ format, shard_size: shardSize, options: deciding, files, textColumn },
    };
    await attempt(output, "create", () => makeFolders(output));
    await tidy(output);
    const plan = await openPlan(output, wanted, {
      signal,
      onNote: say,
      onBytes: (bytes) => report({ bytes }),
    });
    const share = settings.share;
    const numbers = [...plan.shards.keys()].filter(
      (number) => share === undefined || number % share.of === share.index,
    );
    const open = await openShards(output, plan, share);
    const rows = rowsOf({ shards: numbers.map((number) => shardOf(plan, number)) });
    const left = rowsOf({ shards: open.map((number) => shardOf(plan, number)) });
    report({ stage: "annotating", rows, before: rows - left });
    const onEvent = (event: WorkerEvent) => {
      const { annotated, shards, errors } = progress;
      if (event.type === "rows") report({ annotated: annotated + event.rows });
      if (event.type === "finished") report({ shards: shards + 1, errors: errors + event.errors });
    };
    const job = { folder: output, model: folder, settings };
    const edge = { signal, onEvent, onWarning };
    if (settings.workers === undefined) await runWorker(job, plan, edge);
    else if (open.length > 0) await runWorkers(settings.workers, jobOf(job), edge);
  } catch (error) {
    if (signal?.aborted) throw stopped(output);
    throw error;
  }
  return statusOf(output);
}

/** What is passed to another process: nothing but data. */
const jobOf = ({
  folder,
  model,
  settings: { tries, timeout, share, queue, loading, ner },
}: Parameters<typeof runWorker>[0]) => ({
  ...{ folder, model, settings: { tries, timeout, share, queue, loading, ner } },
});
