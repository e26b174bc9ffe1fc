import type { DatasetCard } from "./datasetCard.js";
import { configUnknown, type Named } from "./errors.js";
import { globMatcher } from "./glob.js";

/** The splits of a data set that a run uses. */
export const SPLITS = ["train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** Names for each split, in data sets and in file names. */
const KEYWORDS: Readonly<Record<Split, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["validation", "valid", "dev", "val"],
  test: ["test", "testing", "eval", "evaluation"],
};

/** Returns the split that a name means. */
export const splitOf = (name: string): Split | undefined =>
  SPLITS.find((split) => KEYWORDS[split].includes(name.toLowerCase()));

/** Kinds of files, best first: if a data set has several kinds, only the best is read. */
const KINDS = [
  [".parquet"],
  [".arrow"],
  [".jsonl", ".ndjson", ".json"],
  [".csv", ".tsv"],
  [".conll", ".conllu", ".iob", ".iob2", ".bio"],
  [".txt"],
];
/** Files that describe a data set and contain no data. */
const ABOUT =
  /(^|\/)(\.[^/]*|README|LICEN[CS]E|CITATION|requirements|dataset_infos?|dataset_dict|state|metadata|package|config)(\.[^/]*)?$/i;

/** The files of one configuration of a data set. */
export interface DataFiles {
  readonly config: string | undefined;
  /** File paths by split name, in order. */
  readonly splits: ReadonlyMap<string, readonly string[]>;
}

/**
 * Finds which files of a repository belong to which split of a data set. Follows the data set's card or, if
 * the card says nothing, the file names, as Python's `datasets` does.
 *
 * @see https://huggingface.co/docs/datasets/repository_structure
 * @returns `undefined` if there are no readable files
 * @throws NeriumError HUB_CONFIG_UNKNOWN
 */
export function dataFiles(
  paths: readonly string[],
  card: DatasetCard,
  named: Named,
  asked: string | undefined,
): DataFiles | undefined {
  const usable = ofBestKind(paths.filter((path) => !ABOUT.test(path)));
  if (usable.length === 0) return undefined;
  if (card.configs.length === 0) {
    if (asked !== undefined && asked !== "default") throw configUnknown(named, asked, ["default"]);
    return { config: undefined, splits: byName(usable) };
  }
  const name = chosen(
    card.configs.map((config) => config.name),
    card.configs.find(({ isDefault }) => isDefault)?.name,
    named,
    asked,
  );
  const { files, folder } = card.configs.find((config) => config.name === name)!;
  const root = folder === undefined ? "" : `${folder.replace(/^\.?\/|\/$/g, "")}/`;
  const inside = paths.filter((path) => path.startsWith(root));
  if (files === undefined) return { config: name, splits: byName(ofBestKind(inside)) };
  const splits = files.map(({ split, path }) => {
    const patterns = path.map((pattern) => globMatcher(root + pattern));
    return [split, inside.filter((each) => patterns.some((fits) => fits(each))).sort()] as const;
  });
  return { config: name, splits: new Map(splits.filter(([, found]) => found.length > 0)) };
}

/**
 * Finds the files in the branch where the hub keeps a Parquet copy of a data set:
 * `CONFIG/SPLIT/0000.parquet`.
 */
export function convertedFiles(
  paths: readonly string[],
  named: Named,
  asked: string | undefined,
): DataFiles | undefined {
  const parts = paths.filter((path) => path.endsWith(".parquet")).map((path) => path.split("/"));
  const configs = [...new Set(parts.filter(({ length }) => length === 3).map(([config]) => config!))];
  if (configs.length === 0) return undefined;
  const usual = ["default", named.asked.split("/").at(-1)!].find((name) => configs.includes(name));
  const config = chosen(configs, usual, named, asked);
  const splits = new Map<string, string[]>();
  for (const [first, folder, file] of parts)
    if (first === config && file !== undefined) {
      const split = folder!.replace(/^partial-/, "");
      splits.set(split, [...(splits.get(split) ?? []), [first, folder, file].join("/")].sort());
    }
  return { config, splits };
}

function chosen(
  known: readonly string[],
  usual: string | undefined,
  named: Named,
  asked: string | undefined,
): string {
  const name = asked ?? usual ?? (known.length === 1 ? known[0] : undefined);
  if (name === undefined || !known.includes(name)) throw configUnknown(named, asked, known);
  return name;
}

function ofBestKind(paths: readonly string[]): string[] {
  for (const extensions of KINDS) {
    const found = paths.filter((path) =>
      extensions.some((extension) => path.toLowerCase().endsWith(extension)),
    );
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * Finds splits by keywords in file names, or else in folder names. Without any keyword, all files are for
 * training.
 */
function byName(paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of [...paths].sort()) {
    const split = [...path.split("/")]
      .reverse()
      .map(keywordIn)
      .find((each) => each !== undefined);
    if (split !== undefined) found.set(split, [...(found.get(split) ?? []), path]);
  }
  return found.size > 0 ? found : new Map([["train", [...paths].sort()]]);
}

const keywordIn = (part: string): Split | undefined =>
  SPLITS.find((split) =>
    KEYWORDS[split].some((word) => new RegExp(`(^|[-._ \\d])${word}([-._ \\d]|$)`, "i").test(part)),
  );
