import { existsSync } from "node:fs";
import {
  concatDatasets,
  dataFilesAt,
  type ReadingChoices,
  type ReadOptions,
  readDataset,
  readingChoices,
} from "../data/index.js";
import { type Dataset, NO_TAG, type Sentence, type TagScheme, toScheme } from "../text/index.js";
import { labelScheme } from "../text/labelScheme.js";
import { goldTagsMissing, tagUnknownToModel } from "./errors.js";
import type { NamingOptions } from "./model.js";

/** A part of a data set by name: a data set on the Hugging Face hub, or a folder. */
export interface DatasetPart {
  /** `NAME[@REVISION]`, `ORG/NAME/CONFIG`, or a path. */
  readonly dataset: string;
  /** The configuration, if the name does not contain one. Defaults to the data set's own default. */
  readonly config?: string | undefined;
  /** Defaults to `test`. */
  readonly split?: "train" | "validation" | "test" | undefined;
}

/** Files of tagged sentences, and their name in reports. */
export interface TaggedFiles {
  readonly name: string;
  readonly files: readonly string[];
  /** Names of integer tags, if the data set has its own. */
  readonly labels?: readonly string[];
}

const isList = (data: readonly string[] | DatasetPart): data is readonly string[] => Array.isArray(data);

/**
 * Returns the files of some data: one file or folder, or several, or a part of a data set, which is downloaded if it is
 * not here.
 *
 * @throws NeriumError HUB_NO_SPLIT, `HUB_…`, `FILES_…`
 */
export async function taggedFiles(
  data: string | readonly string[] | DatasetPart,
  { onDownload, signal, tagColumn }: NamingOptions & Pick<ReadOptions, "tagColumn">,
): Promise<TaggedFiles> {
  if (typeof data === "string") return { name: data, files: [data] };
  if (isList(data)) return { name: data.join(", "), files: data };
  const { dataset, config, split = "test" } = data;
  const { namedDataset } = await import("../hub/index.js");
  const { files, labels } = await namedDataset(dataset, {
    config,
    needed: [split],
    leftOut: (["train", "validation", "test"] as const).filter((other) => other !== split),
    tagColumn: typeof tagColumn === "string" ? tagColumn : undefined,
    onProgress: onDownload,
    signal,
  });
  return { name: `${dataset} (${split})`, files: files[split], ...(labels === undefined ? {} : { labels }) };
}

/** Returns the files on this machine that an evaluation reads, as far as they are there before it begins. */
export async function evaluatedFiles(
  model: string,
  data: string | readonly string[] | DatasetPart,
): Promise<string[]> {
  const { datasetFilesAt, modelFilesAt } = await import("../hub/index.js");
  const paths = typeof data === "string" ? [data] : isList(data) ? data : [];
  const ofData =
    typeof data === "object" && !isList(data)
      ? await datasetFilesAt(data.dataset)
      : paths.filter((path) => existsSync(path)).flatMap((path) => dataFilesAt(path));
  return [...(await modelFilesAt(model)), ...ofData];
}

/**
 * Returns a model's labels in a form for seqeval, which would cut the first letter off a label without a
 * prefix.
 */
export function scoredLabels(labels: readonly string[]) {
  const { scheme, tags } = labelScheme(labels);
  return { scheme, scored: labels.map((label, id) => (tags[id] === `I-${label}` ? tags[id] : label)) };
}

/**
 * Reads the sentences of files, with tags in the model's scheme. The model has a label for every tag.
 *
 * @throws NeriumError as readDataset, INFER_TAGS_MISSING, INFER_TAG_UNKNOWN
 */
export async function readGold(
  data: Omit<TaggedFiles, "name">,
  labels: readonly string[],
  {
    words,
    onNote,
    onProblem,
    ...options
  }: ReadingChoices & Pick<ReadOptions, "words" | "onNote" | "onProblem"> = {},
): Promise<readonly Sentence[]> {
  const { scored, scheme } = scoredLabels(labels);
  const read: Dataset[] = [];
  for (const file of data.files)
    read.push(
      await readDataset(file, {
        labels: data.labels ?? labels,
        ...readingChoices(options),
        ...(words && { words }),
        ...(onNote && { onNote }),
        ...(onProblem && { onProblem }),
      }),
    );
  return inModelsScheme(concatDatasets(read), labels, scored, scheme);
}

/** Returns sentences with tags in the model's scheme. Class labels that the model knows stay as they are. */
function inModelsScheme(
  { file: own, sentences, scheme: found }: Dataset,
  labels: readonly string[],
  scored: readonly string[],
  scheme: TagScheme,
): readonly Sentence[] {
  const scoredAs = new Map([...scored, NO_TAG].map((tag) => [tag, tag]));
  for (const [id, label] of labels.entries()) scoredAs.set(label, scored[id]!);
  const asTheyAre = found === "IO" && sentences.every(({ tags }) => tags.every((tag) => scoredAs.has(tag)));
  return sentences.map((sentence) => {
    const { words, tags, line, file = own } = sentence;
    if (tags.length !== words.length) throw goldTagsMissing(file, line);
    const converted = asTheyAre ? tags : toScheme(tags, found, scheme);
    const asScored = converted.map((tag, word) => {
      const known = scoredAs.get(tag);
      if (known === undefined) throw tagUnknownToModel({ file, line, tag: tags[word]!, labels });
      return known;
    });
    return { ...sentence, tags: asScored };
  });
}
