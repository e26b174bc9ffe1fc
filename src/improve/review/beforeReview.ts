import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Recipe } from "../../recipe/index.js";
import { reviewOfOther } from "../errors.js";
import { described, type ReadData } from "../readData.js";
import { SUSPECTS } from "../suspects/searchFiles.js";
import type { FoundSuspects } from "../suspects/suspects.js";
import { readSuspects } from "./readSuspects.js";
import { LOG, type ReviewAction, ReviewLog } from "./reviewLog.js";

/** Data without the decisions of a review. */
export interface BeforeReview {
  readonly read: ReadData;
  /** The result of the search with the decisions. `undefined` if nothing is decided. */
  readonly reviewed?: FoundSuspects;
}

/**
 * Returns data as it was when it was searched, before the decisions of the review in the same folder.
 *
 * @param read the data as it is now
 * @throws NeriumError IMPROVE_REVIEW_OF_OTHER_DATA if the review is of other data, or if the data was also changed otherwise;
 *   IMPROVE_LOG_DAMAGED, `FILES_…`
 */
export async function beforeReview(read: ReadData, recipe: Recipe, folder: string): Promise<BeforeReview> {
  const file = join(folder, SUSPECTS);
  if (!existsSync(file)) return { read };
  const log = await ReviewLog.open(join(folder, LOG));
  const { standing } = log;
  if (standing.length === 0) return { read };
  const { data } = read;
  const sentences = [...data.sentences];
  const decisions = new Map<number, ReviewAction>();
  for (const { sentence, file: changed, from, to, action } of standing.toReversed()) {
    const found = sentences[sentence];
    const isOwn = found && (await placeOf(found.file ?? data.file)) === (await placeOf(changed));
    if (!isOwn || found.tags.join("\n") !== to.join("\n")) throw reviewOfOther(log.file, file);
    sentences[sentence] = { ...found, tags: from };
    if (!decisions.has(sentence)) decisions.set(sentence, action as ReviewAction);
  }
  const before = described({ ...data, sentences }, recipe);
  const found = await readSuspects(file);
  if (found.sha256 !== before.sha256) throw reviewOfOther(log.file, file);
  const suspects = found.suspects.map((suspect) => {
    const decision = decisions.get(suspect.sentence);
    return decision === undefined ? suspect : { ...suspect, decision };
  });
  return { read: before, reviewed: { ...found, suspects } };
}

/** Where a file is, behind links. */
const placeOf = (file: string): Promise<string> => realpath(file).catch(() => file);
