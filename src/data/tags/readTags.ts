import { counted } from "../../counted.js";
import type { Sentence } from "../../text/sentence.js";
import type { LeftOut } from "../read/leftOut.js";
import { again } from "../read/source.js";
import { TagCounts } from "./tagCounts.js";
import {
  type BadTagPolicy,
  inUsualTags,
  type NamedScheme,
  requireGoodTags,
  type TagReading,
  tagReading,
} from "./tagReading.js";

export interface TagOptions {
  /** The scheme of the tags. By default, it is recognised. */
  readonly tagScheme?: NamedScheme;
  /** What to do with tags that do not fit the scheme of most tags. */
  readonly badTags?: BadTagPolicy;
  /** Tags of words that do not count: they are neither trained on nor scored. `-100` is always one. */
  readonly ignoreTags?: readonly string[];
  /** Called with a note about tags that are odd or that were not read as they stand. */
  readonly onNote?: (note: string) => void;
}

/** What to do with bad tags. */
interface BadTagOptions {
  readonly badTags: BadTagPolicy;
  /** Counts bad tags and sentences that are left out because of them, in each iteration. */
  readonly leftOut?: LeftOut;
}

/** Sentences whose tags have been read. */
export interface ReadTags {
  /** Tags are in IOB2, or class labels. */
  readonly sentences: Iterable<Sentence>;
  readonly scheme: "IOB2" | "IO";
  readonly reading: TagReading;
}

/**
 * Reads the tags of sentences, which are iterated once to recognise the scheme.
 *
 * @param data name of the data set, and whether each word is on a line of its own
 * @throws NeriumError DATA_TAGS_BAD if `badTags` is `error`
 */
export function readTags(
  data: { readonly file: string; readonly linesOfWords: boolean },
  sentences: Iterable<Sentence>,
  options: TagOptions & BadTagOptions,
): ReadTags {
  const counts = new TagCounts(data.file, { ...data, ...options });
  for (const sentence of sentences) counts.add(sentence);
  return readCounted(counts, sentences, options);
}

/** Reads the tags of sentences that have been counted. */
export function readCounted(
  counts: TagCounts,
  sentences: Iterable<Sentence>,
  { tagScheme, badTags, onNote, leftOut }: TagOptions & BadTagOptions,
): ReadTags {
  const reading = tagReading(counts, tagScheme);
  requireGoodTags(reading, badTags);
  for (const note of [...reading.notes, ...badTagNotes(reading, badTags), ...uncountedNotes(counts)])
    onNote?.(note);
  const { scheme, spelledUsually } = reading;
  const readAs = scheme === "IO" ? "IO" : "IOB2";
  if (spelledUsually && scheme === readAs) return { scheme: readAs, reading, sentences };
  return {
    scheme: readAs,
    reading,
    sentences: again(function* () {
      for (const sentence of sentences) {
        const usual = inUsualTags(sentence, reading, badTags, leftOut);
        if (usual !== undefined) yield usual;
      }
    }),
  };
}

/** Says of each bad tag where it is and what became of it. */
export const badTagNotes = ({ bad, name }: TagReading, policy: BadTagPolicy): string[] =>
  bad.map(
    ({ tag, count, file, line }) =>
      `${file}:${line}: ${JSON.stringify(tag)} is not a tag of the scheme ${name} that most tags have (${counted(count, "word")}). ${policy === "drop" ? "Its sentences are left out." : "It is read as O."}`,
  );

const uncountedNotes = ({ file, uncounted }: TagCounts): string[] =>
  uncounted === 0
    ? []
    : [
        `${file}: ${counted(uncounted, "word has a tag that does", "words have tags that do")} not count; such words are neither trained on nor scored.`,
      ];
