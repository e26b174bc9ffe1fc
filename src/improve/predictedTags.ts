import { openModel, tagWords } from "../infer/index.js";
import { Owned } from "../owned.js";
import type { Sentence } from "../text/index.js";
import { inGroups } from "./inGroups.js";

/** Returns the tags that the model in a folder gives the words of each sentence. */
export const predictedTags = (
  folder: string,
  sentences: readonly Sentence[],
  { threads, signal }: { readonly threads: number | undefined; readonly signal: AbortSignal },
): Promise<(readonly string[])[]> =>
  Owned.during(async (owned) => {
    const model = owned.own(await openModel(folder, { threads }));
    const found: (readonly string[])[] = [];
    for (const group of inGroups(sentences))
      for (const { tags } of await tagWords(model, group, { truncation: false, decoding: undefined, signal }))
        found.push(tags);
    return found;
  });

/** True if there is a tag for each word of each sentence, and no more. */
export const areTagsOf = (
  tags: readonly (readonly string[])[],
  sentences: readonly Pick<Sentence, "words">[],
): boolean =>
  tags.length === sentences.length && sentences.every(({ words }, at) => tags[at]!.length === words.length);
