import type { Span, TextDocument } from "../../../text/textDocument.js";
import { lineInvalid } from "../../errors.js";
import { again, type Source } from "../../read/source.js";
import { standoffMissing } from "../errors.js";
import type { ReadFormat } from "../format.js";

/**
 * The concepts of the i2b2 challenge of 2010: each document is a pair of files, the text in NAME.txt, one sentence
 * per line with words between spaces, and NAME.con with lines such as `c="chest pain" 12:3 12:4||t="problem"`. Places
 * are LINE:WORD; lines count from 1, words from 0, and the last word belongs to the concept.
 */
export const i2b2: ReadFormat = {
  name: "i2b2",
  title: "i2b2 concepts, .con and .txt",
  extensions: [".con"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  mayBeEmpty: true,
  detect: ({ extension, has }) => extension === ".con" || (extension === ".txt" && has(".con")),
  read(source) {
    const text = companion(source, ".txt");
    const concepts = companion(source, ".con");
    return {
      shape: "texts",
      documents: again(function* () {
        yield documentOf(text, concepts);
      }),
    };
  },
};

function companion(source: Source, extension: string): Source {
  const found = source.file.toLowerCase().endsWith(extension) ? source : source.companion(extension);
  if (found === undefined) throw standoffMissing(source.file, extension, "NAME.con");
  return found;
}

const CONCEPT = /^c="(.*)" (\d+):(\d+) (\d+):(\d+)\|\|t="([^"]+)"/;

/** @throws NeriumError DATA_LINE_INVALID */
function documentOf(source: Source, concepts: Source): TextDocument {
  const lines = Array.from(source.lines, ({ text }) => text);
  const text = lines.join("\n");
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length + 1);
  const wordAt = (line: string, word: string) => {
    const words = [...(lines[Number(line) - 1] ?? "").matchAll(/[^ \t]+/g)];
    const found = words[Number(word)];
    return found === undefined
      ? undefined
      : { start: starts[Number(line) - 1]! + found.index, length: found[0].length };
  };
  const spans: Span[] = [];
  for (const { text: concept, number } of concepts.lines) {
    if (concept.trim() === "") continue;
    const [, surface, firstLine, firstWord, lastLine, lastWord, type] = CONCEPT.exec(concept) ?? [];
    const first = firstLine === undefined ? undefined : wordAt(firstLine, firstWord!);
    const last = lastLine === undefined ? undefined : wordAt(lastLine, lastWord!);
    if (first === undefined || last === undefined)
      throw lineInvalid(
        concepts.file,
        number,
        firstLine === undefined ? "Invalid concept" : "The concept is not in the text",
        'Write c="TEXT" LINE:WORD LINE:WORD||t="TYPE".',
      );
    const end = last.start + last.length;
    const isSame = spaced(text.slice(first.start, end)) === spaced(surface!);
    spans.push({ type: type!, start: first.start, end, ...(isSame ? {} : { claimed: surface! }) });
  }
  return { text, spans, line: 1, linesOfText: true, file: source.file };
}

/** Concepts are written in lower case, with single spaces. */
const spaced = (text: string): string => text.toLowerCase().replace(/\s+/g, " ").trim();
