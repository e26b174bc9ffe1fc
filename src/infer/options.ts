import { type Decoding, decodings } from "../tasks/tokenClassification/decodings.js";
import { labelScheme } from "../text/labelScheme.js";
import { type AggregationStrategy, typeOf } from "./aggregation.js";
import type { Entity, GroupedEntity, TokenEntity } from "./entities.js";
import { optionInvalid, optionUnknown } from "./errors.js";

/** How entities are found, and which of them are given. All of these may be combined. */
export interface NerOptions {
  /**
   * Finds entities as Python's `pipeline(aggregation_strategy=…)` does: same entities, same scores. Left out, entities are
   * made of whole words, and the model's tag scheme says where they begin and end.
   */
  readonly aggregationStrategy?: AggregationStrategy | undefined;
  /**
   * How words get their labels: `argmax`, each the most probable one (default), or `viterbi`, a sentence the most probable
   * of those sequences that the model's tag scheme allows. A model with a conditional random field goes by that (`viterbi`,
   * its default). Not with `aggregationStrategy`, which has ways of its own.
   */
  readonly decoding?: Decoding | undefined;
  /** Entities with a score below it are left out. 0 to 1, default 0. */
  readonly threshold?: number | undefined;
  /** Types to keep, such as `PER`; with `aggregationStrategy: "none"` labels, such as `B-PER`. Default: all. */
  readonly labels?: readonly string[] | undefined;
  /**
   * Types to leave out, with `aggregationStrategy: "none"` labels. Default, where `labels` is not given: `["O"]`; an empty
   * list gives with a strategy also what is outside of entities.
   */
  readonly ignoreLabels?: readonly string[] | undefined;
  /** What `start` and `end` count: UTF-16 units, as JavaScript does (default), or code points, as Python does. */
  readonly offsets?: "utf-16" | "code-points" | undefined;
  /**
   * Cuts off what the model doesn't take at once, instead of reading on in overlapping windows: of each sentence, and with
   * an aggregation strategy of each text, as Python does. Default: false, nothing is lost.
   */
  readonly truncation?: boolean | undefined;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What is found with some options: with an aggregation strategy an entity has Python's fields too. */
export type EntityWith<O extends NerOptions> = EntityOf<O["aggregationStrategy"]>;

type EntityOf<Strategy> = Strategy extends "none"
  ? TokenEntity
  : Strategy extends AggregationStrategy
    ? GroupedEntity
    : Entity;

/** Options, checked. */
export interface ResolvedOptions {
  readonly strategy: AggregationStrategy | undefined;
  /** Undefined: as the model does. */
  readonly decoding: Decoding | undefined;
  readonly truncation: boolean;
  readonly codePoints: boolean;
  readonly signal: AbortSignal | undefined;
  /** Whether an entity is given. `name` is its type, or for tokens alone its label. */
  keeps(name: string, score: number): boolean;
}

const STRATEGIES: readonly AggregationStrategy[] = ["none", "simple", "first", "average", "max"];
const OFFSETS = ["utf-16", "code-points"] as const;

/** Every option by its name: the compiler sees that none is missing. */
const OPTIONS: Readonly<Record<keyof NerOptions, true>> = {
  aggregationStrategy: true,
  decoding: true,
  threshold: true,
  labels: true,
  ignoreLabels: true,
  offsets: true,
  truncation: true,
  signal: true,
};

/** @throws NeriumError INFER_OPTION_INVALID, INFER_OPTION_UNKNOWN */
export function resolvedOptions(modelLabels: readonly string[], options: NerOptions): ResolvedOptions {
  for (const name of Object.keys(options))
    if (!Object.hasOwn(OPTIONS, name)) throw optionUnknown(name, Object.keys(OPTIONS));
  const {
    aggregationStrategy: strategy,
    decoding,
    threshold = 0,
    labels,
    offsets = "utf-16",
    truncation = false,
    signal,
  } = options;
  if (strategy !== undefined && !STRATEGIES.includes(strategy))
    throw optionInvalid("aggregationStrategy", strategy, `one of ${STRATEGIES.join(", ")}`);
  if (decoding !== undefined && !decodings.includes(decoding))
    throw optionInvalid("decoding", decoding, `one of ${decodings.join(", ")}`);
  if (decoding !== undefined && strategy !== undefined)
    throw optionInvalid("decoding", decoding, "left out where there is an aggregationStrategy");
  if (!(typeof threshold === "number" && threshold >= 0 && threshold <= 1))
    throw optionInvalid("threshold", threshold, "a number from 0 to 1");
  if (!OFFSETS.includes(offsets)) throw optionInvalid("offsets", offsets, `one of ${OFFSETS.join(", ")}`);
  if (typeof truncation !== "boolean") throw optionInvalid("truncation", truncation, "true or false");
  const names = entityNames(modelLabels, strategy);
  const ignored = options.ignoreLabels ?? (labels === undefined ? ["O"] : []);
  if (labels !== undefined) requireNames("labels", labels, names);
  requireNames("ignoreLabels", ignored, new Set([...names, "O"]));
  return {
    strategy,
    decoding,
    truncation,
    codePoints: offsets === "code-points",
    signal,
    keeps: (name, score) => score >= threshold && (labels?.includes(name) ?? true) && !ignored.includes(name),
  };
}

/** The types of the entities that a model can find, in the order of its labels; `O` aside. */
export function requestedTypes(
  labels: readonly string[],
  strategy?: AggregationStrategy | undefined,
): readonly string[] {
  const types = strategy === undefined ? labelScheme(labels).tags.map(tagType) : labels.map(typeOf);
  return [...new Set(types)].filter((type) => type !== "O");
}

const tagType = (tag: string): string => (tag === "O" ? tag : tag.slice(2));

/** What entities may be called that are found with a strategy. */
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
  if (!Array.isArray(given)) throw optionInvalid(option, given, list);
  const unknown = given.find((name) => !allowed.has(name));
  if (unknown !== undefined) throw optionInvalid(option, unknown, list);
}
