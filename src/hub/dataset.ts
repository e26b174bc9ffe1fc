import { stat } from "node:fs/promises";
import { join } from "node:path";
import { fileLabels } from "../data/labels/fileLabels.js";
import { isNeriumError } from "../errors.js";
import { readWholeText } from "../files/index.js";
import type { About, HubClient } from "./client.js";
import { convertedFiles, type DataFiles, dataFiles, SPLITS, type Split, splitOf } from "./dataFiles.js";
import { type DatasetCard, datasetCard } from "./datasetCard.js";
import { type Named, noDataFiles, noSplit } from "./errors.js";
import { withClient } from "./hub.js";
import { type FolderOptions, notice } from "./modelFolder.js";
import { typedName } from "./names.js";
import { pathsUnder } from "./pathsUnder.js";
import { repository } from "./repository.js";
import { fetchFiles, inSnapshot } from "./snapshot.js";

export interface DatasetOptions extends FolderOptions {
  /** The configuration, if the name does not contain one. Defaults to the data set's own default. */
  readonly config?: string | undefined;
  /** Splits that the data set must have. Defaults to none. */
  readonly needed?: readonly Split[];
  /** Splits that are not used and not downloaded. Defaults to none. */
  readonly leftOut?: readonly Split[];
  /** Column of the tags. Defaults to `ner_tags` or `tags`, the first that has labels. */
  readonly tagColumn?: string | undefined;
}

/** A data set as files on disk. */
export interface NamedDataset {
  /** Its name on the hub as typed, without configuration and revision; `undefined` for a folder. */
  readonly name: string | undefined;
  readonly config: string | undefined;
  /** Files of each split, in order; empty for a split that the data set does not have. */
  readonly files: Readonly<Record<Split, readonly string[]>>;
  /** Labels in the order of their ids, if the data set gives them. */
  readonly labels: readonly string[] | undefined;
}

const README = "README.md";
const CONVERTED = "refs/convert/parquet";
const NO_CARD: DatasetCard = { configs: [], labels: () => new Map() };

/**
 * Returns the files of a data set. If a folder of that name exists, it is used; otherwise the data set is
 * downloaded from the hub into the cache. Python scripts are never run: for a data set without readable
 * files, such as one that is a script, the Parquet files that the hub made of it are used.
 *
 * @param typed `NAME[@REVISION]`, `ORG/NAME/CONFIG`, or a path
 * @throws NeriumError HUB_NO_DATA_FILES, HUB_CONFIG_UNKNOWN, HUB_NO_SPLIT, `HUB_…`, `FILES_…`
 */
export async function namedDataset(typed: string, options: DatasetOptions = {}): Promise<NamedDataset> {
  if ((await stat(typed).catch(() => undefined))?.isDirectory()) return localDataset(typed, options);
  const { name: asked, revision, config } = typedName(typed, { withConfig: true });
  const about: About = { kind: "dataset", asked, revision: revision ?? options.revision ?? "main" };
  return withClient((client) => hubDataset(client, about, { ...options, config: config ?? options.config }));
}

const localPaths = (folder: string): Promise<string[]> => pathsUnder(folder, (name) => !name.startsWith("."));

/** Returns the files of a data set on this machine; none if the name is not the path of a folder. */
export const datasetFilesAt = (name: string): Promise<string[]> =>
  localPaths(name).then(
    (paths) => paths.map((path) => join(name, path)),
    () => [],
  );

async function localDataset(folder: string, options: DatasetOptions): Promise<NamedDataset> {
  const named: Named = { kind: "dataset", asked: folder };
  const paths = await localPaths(folder);
  const card = paths.includes(README) ? await cardIn(folder) : NO_CARD;
  const found = dataFiles(paths, card, named, options.config);
  if (found === undefined) throw noDataFiles(named, false);
  return { ...(await assembled(named, found, card, options, async () => folder)), name: undefined };
}

async function hubDataset(client: HubClient, about: About, options: DatasetOptions): Promise<NamedDataset> {
  const main = await repository(client, about);
  notice(main, options);
  const paths = main.files.map(({ path }) => path);
  const readme = paths.filter((path) => path === README);
  const folder = await fetchFiles(client, main, readme, options);
  const card = readme.length > 0 ? await cardIn(folder) : NO_CARD;
  const found = dataFiles(paths, card, about, options.config);
  if (found !== undefined)
    return assembled(about, found, card, options, (files) =>
      fetchFiles(client, main, [...readme, ...files], options),
    );
  const isScript = paths.includes(`${main.name.split("/").at(-1)}.py`);
  if (about.revision !== "main") throw noDataFiles(about, isScript);
  const branch = await repository(client, { ...about, revision: CONVERTED }).catch((error: unknown) => {
    throw isNeriumError(error) && error.code === "HUB_REVISION_NOT_FOUND"
      ? noDataFiles(about, isScript)
      : error;
  });
  const converted = convertedFiles(
    branch.files.map(({ path }) => path),
    about,
    options.config,
  );
  if (converted === undefined) throw noDataFiles(about, isScript);
  return assembled(about, converted, card, options, (files) => fetchFiles(client, branch, files, options));
}

const cardIn = async (folder: string): Promise<DatasetCard> => {
  const file = join(folder, README);
  return datasetCard(await readWholeText(file), file);
};

async function assembled(
  named: Named,
  { config, splits }: DataFiles,
  card: DatasetCard,
  { needed = [], leftOut = [], tagColumn }: DatasetOptions,
  fetch: (paths: readonly string[]) => Promise<string>,
): Promise<NamedDataset> {
  const wanted = SPLITS.filter((split) => !leftOut.includes(split));
  const parts = new Map<Split, readonly string[]>();
  for (const [name, paths] of splits) {
    const split = splitOf(name);
    if (split !== undefined && wanted.includes(split) && !parts.has(split)) parts.set(split, paths);
  }
  for (const split of needed) if (!parts.has(split)) throw noSplit(named, split, [...splits.keys()]);
  const folder = await fetch([...parts.values()].flat());
  const filesOf = (split: Split) => (parts.get(split) ?? []).map((path) => inSnapshot(folder, path));
  const files = { train: filesOf("train"), validation: filesOf("validation"), test: filesOf("test") };
  const first = Object.values(files).flat()[0];
  const own = first === undefined ? new Map() : await fileLabels(first);
  return {
    name: named.asked,
    config,
    files,
    labels: labelsOf(own, tagColumn) ?? labelsOf(card.labels(config ?? "default"), tagColumn),
  };
}

/** Returns the labels of the tag column. */
function labelsOf(
  columns: ReadonlyMap<string, readonly string[]>,
  tagColumn: string | undefined,
): readonly string[] | undefined {
  const tried = tagColumn === undefined ? ["ner_tags", "tags"] : [tagColumn];
  return tried.map((name) => columns.get(name)).find((labels) => labels !== undefined);
}
