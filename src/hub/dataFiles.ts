import type { DatasetCard } from "./datasetCard.js";
import { configUnknown, type Named } from "./errors.js";
import { globMatcher } from "./glob.js";

/** Parts of a data set that a run uses. */
export const SPLITS = ["train", "validation", "test"] as const;
export type Split = (typeof SPLITS)[number];

/** Names that parts go by, in data sets and in their files. */
const KEYWORDS: Readonly<Record<Split, readonly string[]>> = {
  train: ["train", "training"],
  validation: ["validation", "valid", "dev", "val"],
  test: ["test", "testing", "eval", "evaluation"],
};

/** The part that a name of a split stands for. */
export const splitOf = (name: string): Split | undefined =>
  SPLITS.find((split) => KEYWORDS[split].includes(name.toLowerCase()));

/** Kinds of files, the best first: a data set that has several is read from the first. */
const KINDS = [
  [".parquet"],
  [".arrow"],
  [".jsonl", ".ndjson", ".json"],
  [".csv", ".tsv"],
  [".conll", ".conllu", ".iob", ".iob2", ".bio"],
  [".txt"],
];
/** Files that describe a data set and hold nothing of it. */
const ABOUT =
  /(^|\/)(\.[^/]*|README|LICEN[CS]E|CITATION|requirements|dataset_infos?|dataset_dict|state|metadata|package|config)(\.[^/]*)?$/i;

/** The files of one configuration of a data set. */
export interface DataFiles {
  readonly config: string | undefined;
  /** Paths by the name of the split, in order. */
  readonly splits: ReadonlyMap<string, readonly string[]>;
}

/**
 * Which files of a repository are which part of a data set: as its card says, else by their names, as Python's `datasets`
 * finds them.
 *
 * @see https://huggingface.co/docs/datasets/repository_structure
 * @returns undefined where there are no files that can be read
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

/** The files of the branch that the hub keeps Parquet in for every data set: `CONFIG/SPLIT/0000.parquet`. */
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

/** Splits by keywords in names of files, else of folders; without any, everything is for training. */
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
