import type { CountedLoss, LeftOut } from "../read/leftOut.js";

/** Counts of the most recent iteration of the content to write. */
export interface WrittenCounts {
  written: number;
  entities: number;
  /** Sentences without tags that become texts. */
  untagged: number;
  /** Documents whose sentences become texts. */
  documents: number;
}

export const noCounts = (): WrittenCounts => ({ written: 0, entities: 0, untagged: 0, documents: 0 });

/**
 * Returns what the input has and the output has not.
 *
 * @param becomes what sentences become: one text each, or one text for each document. `undefined` if they stay
 *   sentences
 */
export function lossesOf(
  { records, parts, fields }: LeftOut,
  { untagged, documents }: WrittenCounts,
  becomes: "sentence" | "document" | undefined,
): CountedLoss[] {
  const some = (count: number, one: string, many: string, rest = ""): CountedLoss[] =>
    count > 0 ? [{ what: `${count === 1 ? one : many}${rest}`, count }] : [];
  return [
    ...records.flatMap(({ what, count }) => some(count, "record", "records", ` ${what}`)),
    ...parts,
    ...fields.flatMap(({ what, count }) => some(count, "value", "values", ` of ${what}`)),
    ...(becomes === "sentence"
      ? some(documents - 1, "boundary between documents", "boundaries between documents")
      : []),
    ...(becomes === undefined
      ? []
      : some(untagged, "sentence", "sentences", " without tags (as texts without entities)")),
  ];
}
