import { load } from "../infer/index.js";
import { folderNamed, inferenceEngine } from "../infer/model.js";
import { requireArgument } from "../options.js";
import { Owned } from "../owned.js";
import { checkModel } from "./checkModel.js";
import { stopped } from "./errors.js";
import { findInputs } from "./inputFiles.js";
import { modelHash } from "./modelHash.js";
import { type AnnotateOptions, annotateSettings } from "./options.js";
import { madePlan, rowsOf, shardOf } from "./plan.js";
import { rowsOfShard } from "./work.js";

/** How long an annotation takes, from a measurement on a sample of its texts. */
export interface AnnotationEstimate {
  readonly schema_version: 1;
  readonly inputs: number;
  /** Bytes of the files, as they are stored. */
  readonly bytes: number;
  readonly rows: number;
  readonly shards: number;
  /** What was measured: rows from all over the inputs, and the seconds that they took on this machine. */
  readonly sample: { readonly rows: number; readonly seconds: number };
  /** Rows per second on this machine. */
  readonly rate: number;
  /** Seconds that a number of machines like this one take. More machines than shards are of no use. */
  readonly machines: readonly { readonly machines: number; readonly seconds: number }[];
}

/** Rows of the sample, from so many places, and seconds of the measurement. */
const [PLACES, ROWS_EACH, LEAST, MOST] = [16, 256, 2, 15];

/** As `estimateAnnotation`. */
export async function estimateOf(
  model: string,
  inputs: readonly string[],
  options: AnnotateOptions = {},
): Promise<AnnotationEstimate> {
  requireArgument("estimateAnnotation", "model", model, "a text");
  requireArgument("estimateAnnotation", "inputs", inputs, "a list of texts");
  const settings = annotateSettings("estimateAnnotation", options);
  const { signal, say, onWarning, onDownload, onProgress } = options;
  try {
    signal?.throwIfAborted();
    await inferenceEngine(options);
    const files = findInputs(inputs, { from: settings.from });
    const folder = await folderNamed(model, { onDownload, signal });
    const { format, shardSize, textColumn, deciding, loading, ner: finding } = settings;
    await checkModel(folder, loading, finding);
    const plan = await madePlan(
      {
        model: { name: model, sha256: await modelHash(folder) },
        ...{ format, shard_size: shardSize, options: deciding, files, textColumn },
      },
      {
        ...{ signal, onNote: say },
        onBytes: (bytes) =>
          onProgress?.({
            ...{ stage: "planning", bytes, rows: 0, before: 0, annotated: 0, shards: 0, errors: 0 },
          }),
      },
    );
    const groups: string[][] = [];
    const places = Math.min(PLACES, plan.shards.length);
    for (let place = 0; place < places; place++) {
      const shard = shardOf(plan, Math.floor((place * plan.shards.length) / places));
      const texts: string[] = [];
      for await (const { text, unreadable } of await rowsOfShard(shard, "as JSON")) {
        if (unreadable === undefined) texts.push(text);
        if (texts.length === ROWS_EACH) break;
      }
      if (texts.length > 0) groups.push(texts);
    }
    const sample = await Owned.during(async (owned) => {
      const ner = owned.own(await load(folder, { ...loading, onWarning }));
      const call = { ...finding, ...(signal && { signal }) };
      // The first call is slower: memory is taken, and code compiled.
      if (groups.length > 0) await ner.analyze(groups[0]!.slice(0, 32), call);
      const begun = performance.now();
      let measured = 0;
      const seconds = () => (performance.now() - begun) / 1000;
      do {
        for (const texts of groups) {
          await ner.analyze(texts, call);
          measured += texts.length;
          if (seconds() > MOST) break;
        }
      } while (seconds() < LEAST && groups.length > 0);
      return { rows: measured, seconds: seconds() };
    });
    const rows = rowsOf(plan);
    const rate = sample.rows === 0 ? 0 : sample.rows / sample.seconds;
    const longest = Math.max(0, ...plan.shards.map((shard) => shard.rows));
    const machines = [1, 2, 4, 8, 16, 32, 64, 128]
      .filter((count) => count === 1 || count <= plan.shards.length)
      .map((count) => ({
        machines: count,
        seconds: rate === 0 ? 0 : Math.max(rows / count, longest) / rate,
      }));
    return {
      ...{ schema_version: 1, inputs: plan.inputs.length, rows, shards: plan.shards.length },
      bytes: plan.inputs.reduce((sum, { size }) => sum + size, 0),
      ...{ sample, rate, machines },
    };
  } catch (error) {
    if (signal?.aborted) throw stopped("the measurement");
    throw error;
  }
}
