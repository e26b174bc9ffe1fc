import { labelMapUnknown } from "./errors.js";
import type { Dataset } from "./sentence.js";

/** New names of entity types by their old ones; `O` for types that are to be no entities. */
export type LabelMap = Readonly<Record<string, string>>;

/**
 * Data sets with their entity types renamed, merged (two names become one) or dropped (`O`); types that the map does not
 * name stay. Entities that stand side by side stay apart, also when their types become one.
 *
 * @throws NeriumError DATA_LABEL_MAP_UNKNOWN for a type that none of the data sets has
 */
export function relabelled(datasets: readonly Dataset[], map: LabelMap): Dataset[] {
  const used = new Set<string>();
  const renamed = new Map<string, string>();
  const rename = (tag: string, scheme: Dataset["scheme"]): string => {
    const known = renamed.get(`${scheme} ${tag}`);
    if (known !== undefined) return known;
    const [, prefix = "", type = tag] = scheme === "IO" ? [] : (/^([BI]-)(.+)$/s.exec(tag) ?? []);
    const isNamed = tag !== "O" && Object.hasOwn(map, type);
    if (isNamed) used.add(type);
    const to = isNamed ? map[type]! : type;
    const result = tag === "O" || to === "O" ? "O" : `${prefix}${to}`;
    renamed.set(`${scheme} ${tag}`, result);
    return result;
  };
  const result = datasets.map((data) => ({
    ...data,
    sentences: data.sentences.map((sentence) => ({
      ...sentence,
      tags: sentence.tags.map((tag) => rename(tag, data.scheme)),
    })),
  }));
  const unused = Object.keys(map).find((type) => !used.has(type));
  if (unused !== undefined) throw labelMapUnknown(unused, typesOf(datasets));
  return result;
}

function typesOf(datasets: readonly Dataset[]): string[] {
  const types = new Set<string>();
  for (const { sentences, scheme } of datasets)
    for (const { tags } of sentences)
      for (const tag of tags) if (tag !== "O") types.add(scheme === "IO" ? tag : tag.slice(2));
  return [...types].sort();
}
