import { type Dataset, NO_TAG, type TagScheme } from "../../text/sentence.js";
import { labelMapUnknown } from "../errors.js";
import { entityTypes } from "./facts.js";

/** Maps the names of entity types to new names, or to `O` to drop the type. */
export type LabelMap = Readonly<Record<string, string>>;

/**
 * Returns a function that renames the entity types of tags, merges them (two get the same name) or drops them
 * (`O`). Types that are not in the map stay. Adjacent entities stay separate even if their types are merged,
 * except in the scheme `IO`, which does not mark where entities begin.
 */
export function tagRenaming(map: LabelMap, scheme: TagScheme): (tag: string) => string {
  const renamed = new Map<string, string>();
  return (tag) => {
    let result = renamed.get(tag);
    if (result === undefined) {
      const [, prefix = "", type = tag] = scheme === "IO" ? [] : (/^([BI]-)(.+)$/s.exec(tag) ?? []);
      const to = Object.hasOwn(map, type) ? map[type]! : type;
      const isType = tag !== "O" && tag !== NO_TAG;
      result = !isType ? tag : to === "O" ? "O" : `${prefix}${to}`;
      renamed.set(tag, result);
    }
    return result;
  };
}

/** Returns a data set with its entity types renamed. */
export function relabelled(data: Dataset, map: LabelMap): Dataset {
  const rename = tagRenaming(map, data.scheme);
  return {
    ...data,
    sentences: data.sentences.map((sentence) => ({ ...sentence, tags: sentence.tags.map(rename) })),
  };
}

/**
 * Checks that the data has every type that the map names.
 *
 * @throws NeriumError DATA_LABEL_MAP_UNKNOWN
 */
export function requireMapped(map: LabelMap, types: ReadonlySet<string>): void {
  const unused = Object.keys(map).find((type) => !types.has(type));
  if (unused !== undefined) throw labelMapUnknown(unused, [...types].sort());
}

/** Returns the entity types of a data set. */
export function typesOf({ sentences, scheme }: Dataset): Set<string> {
  const tags = new Set<string>();
  for (const sentence of sentences) for (const tag of sentence.tags) tags.add(tag);
  return entityTypes(tags, scheme);
}
