import type { Dataset, TagScheme } from "../../text/sentence.js";
import { labelMapUnknown } from "../errors.js";
import { entityTypes } from "./facts.js";

/** New names of entity types by their old ones; `O` for types that are to be no entities. */
export type LabelMap = Readonly<Record<string, string>>;

/**
 * What renames, merges (two names become one) or drops (`O`) the entity types of tags; types that the map does not name
 * stay. Entities that stand side by side stay apart, also when their types become one.
 */
export function tagRenaming(map: LabelMap, scheme: TagScheme): (tag: string) => string {
  const renamed = new Map<string, string>();
  return (tag) => {
    let result = renamed.get(tag);
    if (result === undefined) {
      const [, prefix = "", type = tag] = scheme === "IO" ? [] : (/^([BI]-)(.+)$/s.exec(tag) ?? []);
      const to = tag !== "O" && Object.hasOwn(map, type) ? map[type]! : type;
      result = tag === "O" || to === "O" ? "O" : `${prefix}${to}`;
      renamed.set(tag, result);
    }
    return result;
  };
}

/** A data set with its entity types renamed. */
export function relabelled(data: Dataset, map: LabelMap): Dataset {
  const rename = tagRenaming(map, data.scheme);
  return {
    ...data,
    sentences: data.sentences.map((sentence) => ({ ...sentence, tags: sentence.tags.map(rename) })),
  };
}

/**
 * Makes sure that every type which a map names is among those of some data.
 *
 * @throws NeriumError DATA_LABEL_MAP_UNKNOWN
 */
export function requireMapped(map: LabelMap, types: ReadonlySet<string>): void {
  const unused = Object.keys(map).find((type) => !types.has(type));
  if (unused !== undefined) throw labelMapUnknown(unused, [...types].sort());
}

/** The entity types of a data set. */
export function typesOf({ sentences, scheme }: Dataset): Set<string> {
  const tags = new Set<string>();
  for (const sentence of sentences) for (const tag of sentence.tags) tags.add(tag);
  return entityTypes(tags, scheme);
}
