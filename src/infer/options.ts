import { type OptionKinds, requireOptions } from "../options.js";
import { type Decoding, decodings } from "../tasks/tokenClassification/decodings.js";
import { labelScheme } from "../text/labelScheme.js";
import { type AggregationStrategy, typeOf } from "./aggregation.js";
import type { CallReport } from "./batchQueue.js";
import type { Entity, GroupedEntity, TokenEntity } from "./entities.js";
import { optionInvalid } from "./errors.js";

/**
 * How to find entities, and which of them to return. Options can be combined, except `decoding` with
 * `aggregationStrategy`.
 */
export interface NerOptions {
  /**
   * Finds entities as Python's `pipeline(aggregation_strategy=…)` does: same entities, same scores. If
   * omitted, entities consist of whole words, and the model's tag scheme decides where they begin and end.
   */
  readonly aggregationStrategy?: AggregationStrategy | undefined;
  /**
   * How words get their labels. `argmax` gives each word its most probable label (default). `viterbi` gives
   * each sentence the most probable sequence that the model's tag scheme allows. For a model with a
   * conditional random field, `viterbi` is the default and uses that field. Cannot be combined with
   * `aggregationStrategy`, which chooses labels its own way.
   */
  readonly decoding?: Decoding | undefined;
  /** Leaves out entities with a lower score. From 0 to 1; defaults to 0. */
  readonly threshold?: number | undefined;
  /**
   * Types to keep, such as `PER`; with `aggregationStrategy: "none"`, labels such as `B-PER`. Defaults to
   * all.
   */
  readonly labels?: readonly string[] | undefined;
  /**
   * Types to leave out; with `aggregationStrategy: "none"`, labels. Defaults to `["O"]` if `labels` is not
   * given. With a strategy, an empty list also returns what is outside entities.
   */
  readonly ignoreLabels?: readonly string[] | undefined;
  /**
   * What `start` and `end` count: UTF-16 units, as JavaScript does (default), or code points, as Python does.
   */
  readonly offsets?: "utf-16" | "code-points" | undefined;
  /**
   * Cuts off what does not fit into the model, instead of reading it in overlapping windows. Applies to each
   * sentence, or, with an aggregation strategy, to each text, as in Python. Defaults to false, which loses
   * nothing.
   */
  readonly truncation?: boolean | undefined;
  /**
   * Number of tokens that neighbouring windows of a long sentence share, or of a long text with an aggregation strategy. Must
   * be less than the maximum length of the model; at most half a window is shared. Defaults to 64, or 128 for documents, and
   * to at most a quarter of a window.
   */
  readonly stride?: number | undefined;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The type of the entities found with these options. With an aggregation strategy, entities also have
 * Python's fields.
 */
export type EntityWith<O extends NerOptions> = EntityOf<O["aggregationStrategy"]>;

type EntityOf<Strategy> = Strategy extends "none"
  ? TokenEntity
  : Strategy extends AggregationStrategy
    ? GroupedEntity
    : Entity;

/** Options that were checked. */
export interface ResolvedOptions {
  readonly strategy: AggregationStrategy | undefined;
  /** `undefined`: the model's default. */
  readonly decoding: Decoding | undefined;
  readonly truncation: boolean;
  readonly codePoints: boolean;
  /** `undefined`: the usual number. */
  readonly stride: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called for each group of sequences that went through the model. */
  readonly onReport?: ((report: CallReport) => void) | undefined;
  /**
   * Returns whether to keep an entity. `name` is its type, or its label if it is a single token (strategy
   * `none`).
   */
  keeps(name: string, score: number): boolean;
}

const STRATEGIES: readonly AggregationStrategy[] = ["none", "simple", "first", "average", "max"];
const OFFSETS = ["utf-16", "code-points"] as const;

/** The options of a call, with what their values must be. */
export const NER_OPTIONS: OptionKinds<NerOptions> = {
  aggregationStrategy: "a text",
  decoding: "a text",
  threshold: "a number from 0 to 1",
  labels: "a list of texts",
  ignoreLabels: "a list of texts",
  offsets: "a text",
  truncation: "true or false",
  stride: "a whole number of 0 or more",
  signal: "an AbortSignal",
};

/**
 * @param maxLength maximum number of tokens that the model accepts
 * @throws NeriumError `PACKAGE_…` as {@link requireOptions}, INFER_OPTION_INVALID
 */
export function resolvedOptions(
  modelLabels: readonly string[],
  options: NerOptions,
  maxLength = Number.POSITIVE_INFINITY,
): ResolvedOptions {
  requireOptions("the call", options, NER_OPTIONS);
  const {
    aggregationStrategy: strategy,
    decoding,
    threshold = 0,
    labels,
    offsets = "utf-16",
    truncation = false,
    stride,
    signal,
  } = options;
  if (strategy !== undefined && !STRATEGIES.includes(strategy))
    throw optionInvalid("aggregationStrategy", strategy, `one of ${STRATEGIES.join(", ")}`);
  if (decoding !== undefined && !decodings.includes(decoding))
    throw optionInvalid("decoding", decoding, `one of ${decodings.join(", ")}`);
  if (decoding !== undefined && strategy !== undefined)
    throw optionInvalid("decoding", decoding, "omitted if aggregationStrategy is set");
  if (!OFFSETS.includes(offsets)) throw optionInvalid("offsets", offsets, `one of ${OFFSETS.join(", ")}`);
  if (stride !== undefined && stride >= maxLength)
    throw optionInvalid("stride", stride, `less than ${maxLength}, the maximum length of the model`);
  const names = entityNames(modelLabels, strategy);
  const ignored = options.ignoreLabels ?? (labels === undefined ? ["O"] : []);
  if (labels !== undefined) requireNames("labels", labels, names);
  requireNames("ignoreLabels", ignored, new Set([...names, "O"]));
  return {
    strategy,
    decoding,
    truncation,
    stride,
    codePoints: offsets === "code-points",
    signal,
    keeps: (name, score) => score >= threshold && (labels?.includes(name) ?? true) && !ignored.includes(name),
  };
}

/** Returns the types of the entities that a model can find, in the order of its labels, without `O`. */
export function requestedTypes(
  labels: readonly string[],
  strategy?: AggregationStrategy | undefined,
): readonly string[] {
  const types = strategy === undefined ? labelScheme(labels).tags.map(tagType) : labels.map(typeOf);
  return [...new Set(types)].filter((type) => type !== "O");
}

const tagType = (tag: string): string => (tag === "O" ? tag : tag.slice(2));

/** Returns the names that the options can use: types, or labels with the strategy `none`. */
function entityNames(
  labels: readonly string[],
  strategy: AggregationStrategy | undefined,
): ReadonlySet<string> {
  if (strategy === "none") return new Set(labels);
  const types = requestedTypes(labels, strategy);
  return new Set(strategy === undefined ? types : [...types, "O"]);
}

function requireNames(option: string, given: readonly string[], allowed: ReadonlySet<string>): void {
  const list = `a list of ${[...allowed].join(", ")}`;
  const unknown = given.find((name) => !allowed.has(name));
  if (unknown !== undefined) throw optionInvalid(option, unknown, list);
}
