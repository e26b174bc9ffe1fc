import type { Sentence } from "../../../text/sentence.js";
import { lineInvalid } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import type { ReadFormat } from "../format.js";
import { conll } from "./conll.js";
import { type Joined, joinedIn, unjoined } from "./joinedTags.js";
import { shortSentences } from "./narrow.js";
import { blank, namesDocument, otherLine } from "./otherLines.js";
import { atSpaces } from "./split.js";

/** How many lines are looked at to find out how tags are joined. */
const LINES = 1024;

const NOT_JOINED = "Write each word with its tag, such as Anna/B-PER or Anna|NNP|B-PER.";

/**
 * Tags that are joined to words with a character: `Anna/B-PER`, or `Anna|NNP|B-PER` as spaCy and WikiNER write.
 * Each line is a sentence, or each line has one word and blank lines end sentences. The tag is the last part.
 */
export const joined: ReadFormat = {
  name: "joined-tags",
  title: "Tags joined to words, such as Anna|NNP|B-PER",
  extensions: [".iob"],
  holds: { shape: "words" },
  detect: ({ extension, text }) =>
    extension !== ".csv" && joinedIn(wordTexts(text.split(/\r?\n/, LINES))) !== undefined,
  read(source, options, leftOut) {
    const { delimiter, tokenColumn, tagColumn, onNote } = options;
    if (delimiter !== undefined || tokenColumn !== undefined || tagColumn !== undefined)
      return conll.read(source, options, leftOut);
    const { file } = source;
    const lines = shortSentences(source.lines, file);
    let how: Joined | undefined;
    return {
      shape: "words",
      sentences: again(function* () {
        how ??= joinedIn(wordTexts(firstTexts(lines)));
        if (how === undefined) throw lineInvalid(file, 1, "No tags are joined to the words", NOT_JOINED);
        const unit = how.wordPerLine ? "one word" : "one sentence";
        onNote?.(`${file}: words and tags are joined with "${how.separator}", ${unit} on a line.`);
        yield* joinedSentences(lines, file, how, leftOut);
      }),
    };
  },
};

function* firstTexts(lines: Iterable<Line>): Generator<string> {
  for (const { text, number } of lines) {
    if (number > LINES) return;
    yield text;
  }
}

const wordTexts = (texts: Iterable<string>): string[] =>
  [...texts].filter((text) => !blank(text) && otherLine(text) === undefined);

/** @throws NeriumError DATA_LINE_INVALID */
function* joinedSentences(
  lines: Iterable<Line>,
  file: string,
  how: Joined,
  leftOut: LeftOut,
): Generator<Sentence> {
  const documents = new Documents(leftOut);
  let words: string[] = [];
  let tags: string[] = [];
  let start = 0;
  let isFirst = true;
  const sentence = (): Sentence => {
    const read = documents.sentence(words, tags, start);
    words = [];
    tags = [];
    return read;
  };
  for (const { text, number } of lines) {
    const cells = blank(text) ? [] : atSpaces(text).map((cell) => unjoined(cell, how));
    const isOdd = cells.includes(undefined);
    const other =
      isOdd || cells.length === 0 ? (otherLine(text) ?? (isOdd ? undefined : "sentence")) : "word";
    if (other === undefined)
      throw lineInvalid(
        file,
        number,
        `A word has no tag that is joined to it with ${how.separator}`,
        NOT_JOINED,
      );
    if (other === "word" && !(isFirst && how.hasHeader)) {
      if (words.length === 0) start = number;
      for (const cell of cells) {
        words.push(cell!.word);
        tags.push(cell!.tag);
      }
      leftOut.detail(
        "annotation between word and tag",
        cells.length * (how.parts - 2),
        "annotations between words and tags",
      );
    }
    if (other === "word") isFirst = false;
    if (words.length > 0 && (other === "document" || other === "sentence" || !how.wordPerLine))
      yield sentence();
    if (other === "document") documents.startDocument(namesDocument(text));
    if (other === "comment") leftOut.detail("comment line");
  }
  if (words.length > 0) yield sentence();
}
