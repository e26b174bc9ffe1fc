import type { LoadOptions, NerOptions } from "../infer/index.js";
import { MODEL_OPTIONS } from "../infer/model.js";
import { NER_OPTIONS } from "../infer/options.js";
import { THREADS } from "../optionKinds.js";
import { type OptionKinds, requireOptions } from "../options.js";
import { optionInvalid } from "./errors.js";
import { type OutputFormat, outputFormats } from "./folder.js";
import { type InputFormat, inputFormats } from "./inputFiles.js";
import type { Share } from "./shardSource.js";

/** What decides about the results of an annotation. All workers of one must have the same. */
interface Deciding extends Omit<NerOptions, "signal"> {
  /** How the files store texts. Defaults to what their extensions say; other files are plain text. */
  readonly from?: InputFormat | undefined;
  /** Where the texts are: a column by its number, from 0, or its name, or the key of records. */
  readonly textColumn?: number | string | undefined;
  /** What is written: JSON Lines (default) or Parquet. */
  readonly format?: OutputFormat | undefined;
  /** Bytes of text in a shard, at least. Defaults to 8 MiB. */
  readonly shardSize?: number | undefined;
}

/** Options of `annotate`: those of `load` and of its calls, and how the work is divided. */
export interface AnnotateOptions extends LoadOptions, Deciding {
  /** How often a text is tried that makes a worker fail, before it becomes a row with an error. Defaults to 3. */
  readonly tries?: number | undefined;
  /** Seconds without a sign of life after which the shard of a worker is given to another. Defaults to 60. */
  readonly claimTimeout?: number | undefined;
  /**
   * Starts so many processes on this machine, and starts those again that die. Defaults to none: this process does the work.
   */
  readonly workers?: number | undefined;
  /** Annotates only a share of the shards: `"2/8"` is the third of eight. Defaults to all. */
  readonly shard?: string | undefined;
  /**
   * Address of a NATS server with JetStream, which then divides the shards: `nats://host:4222`, `nats://USER:PASSWORD@host`,
   * `nats://TOKEN@host`, or `tls://…` if TLS is required.
   */
  readonly queue?: string | undefined;
  /** Called when rows have been annotated or a shard is finished. */
  readonly onProgress?: ((progress: AnnotateProgress) => void) | undefined;
  /** Called with notes about anything that was guessed. Each is a sentence. */
  readonly say?: ((line: string) => void) | undefined;
}

/** How far an annotation is, as this process knows it. */
export interface AnnotateProgress {
  /** `planning`: files are read and cut into shards. */
  readonly stage: "planning" | "annotating";
  /** Bytes that planning has read. */
  readonly bytes: number;
  /** Rows of all shards, and of those that were finished when this call began. */
  readonly rows: number;
  readonly before: number;
  /** Rows that this call has annotated since. */
  readonly annotated: number;
  /** Shards that this call has finished, and rows with an error in them. */
  readonly shards: number;
  readonly errors: number;
}

export const ANNOTATE_OPTIONS: OptionKinds<AnnotateOptions> = {
  ...MODEL_OPTIONS,
  ...NER_OPTIONS,
  from: inputFormats,
  textColumn: "a whole number or a text",
  format: outputFormats,
  shardSize: "a whole number of 1 or more",
  tries: "a whole number of 1 or more",
  claimTimeout: "a whole number of 1 or more",
  workers: THREADS,
  shard: "a text",
  queue: "a text that is not empty",
  onProgress: "a function",
  say: "a function",
};

const SHARD_SIZE = 8 * 2 ** 20;

/** A shard is in memory as a whole. */
const LARGEST_SHARD = 2 ** 28;

/** How a model is loaded, in a form that a process can pass to another. */
export type Loading = Pick<
  LoadOptions,
  | "threads"
  | "dtype"
  | "engine"
  | "device"
  | "batchTokens"
  | "context"
  | "maxLength"
  | "unspacedWords"
  | "hyphens"
>;

/** Options that were checked. */
export interface AnnotateSettings {
  readonly format: OutputFormat;
  readonly shardSize: number;
  readonly from: InputFormat | undefined;
  readonly textColumn: number | string | undefined;
  readonly tries: number;
  /** In milliseconds. */
  readonly timeout: number;
  readonly workers: number | undefined;
  readonly share: Share | undefined;
  readonly queue: string | undefined;
  readonly loading: Loading;
  readonly ner: Omit<NerOptions, "signal">;
  /** All that decides about the results, for the plan. */
  readonly deciding: Readonly<Record<string, unknown>>;
}

/**
 * @param call name of the function, for errors
 * @throws NeriumError `PACKAGE_…`, ANNOTATE_OPTION_INVALID
 */
export function annotateSettings(call: string, options: AnnotateOptions): AnnotateSettings {
  requireOptions(call, options, ANNOTATE_OPTIONS);
  const {
    format = "jsonl",
    shardSize = SHARD_SIZE,
    from,
    textColumn,
    tries = 3,
    claimTimeout = 60,
  } = options;
  const { workers, shard, queue } = options;
  if (shardSize > LARGEST_SHARD) throw optionInvalid("shardSize", `at most ${LARGEST_SHARD}`);
  // Timers of Node count milliseconds in 32 bits.
  if (claimTimeout > 86_400) throw optionInvalid("claimTimeout", "at most 86400");
  if (shard !== undefined && queue !== undefined) throw optionInvalid("shard", "omitted if queue is set");
  if (queue !== undefined && !(/^(nats|tls):\/\/[^\s/]+$/.test(queue) && URL.canParse(queue)))
    throw optionInvalid("queue", "an address such as nats://host:4222");
  const loading = definedOf({
    ...{ threads: options.threads, dtype: options.dtype, engine: options.engine, device: options.device },
    ...{ batchTokens: options.batchTokens, context: options.context, maxLength: options.maxLength },
    ...{ unspacedWords: options.unspacedWords, hyphens: options.hyphens },
  });
  const ner = definedOf({
    ...{ aggregationStrategy: options.aggregationStrategy, decoding: options.decoding },
    ...{ threshold: options.threshold, labels: options.labels, ignoreLabels: options.ignoreLabels },
    ...{ offsets: options.offsets, truncation: options.truncation, stride: options.stride },
  });
  const { threads: _, engine: __, device: ___, batchTokens: ____, ...reading } = loading;
  return {
    ...{ format, shardSize, from, textColumn, tries, timeout: claimTimeout * 1000, workers, queue },
    ...{ share: shard === undefined ? undefined : shareOf(shard), loading, ner },
    deciding: { ...reading, ...ner, ...definedOf({ textColumn }) },
  };
}

function shareOf(text: string): Share {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  if (index === undefined || Number(index) >= Number(of))
    throw optionInvalid("shard", "a number from 0, and how many shares there are, such as 2/8");
  return { index: Number(index), of: Number(of) };
}

/** The fields of an object that are not undefined. */
const definedOf = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
