import { limits } from "../../limits.js";
import { checkTextLength } from "../../text/index.js";
import type { FiledDocument, Span, TextDocument } from "../../text/textDocument.js";
import { spansNested } from "../errors.js";
import type { TextsContent } from "../formats/format.js";
import { again } from "../read/source.js";
import { offsetChoice, placed } from "./offsetChoice.js";
import type { Counting, OffsetUnit } from "./offsetUnit.js";
import { placesOf } from "./places.js";
import { sameText, sliceOf } from "./slices.js";

export { codePointCounter } from "./places.js";

/**
 * Returns the texts of a file with offsets in UTF-16 units. How the file counts is found by slicing, as far as
 * `asked` does not say it.
 *
 * @param usual the unit of the format's tools
 * @throws NeriumError TEXT_TOO_LONG, DATA_SPANS_NESTED; also when the documents are iterated
 */
export function textsContent(
  file: string,
  documents: Iterable<FiledDocument>,
  asked: OffsetUnit | undefined,
  usual: Exclude<OffsetUnit, "bytes">,
): TextsContent {
  const filed = again(() => bounded(documents, file));
  const offsets = offsetChoice(filed, usual, asked);
  return {
    shape: "texts",
    offsets,
    documents: again(function* () {
      for (const document of filed) yield inUtf16(document, offsets);
    }),
  };
}

/**
 * Refuses texts that are too long, and spans that cover a text so often that reading them would take hours: the
 * time grows with the length of each span.
 */
function* bounded(documents: Iterable<FiledDocument>, file: string): Generator<FiledDocument> {
  for (const document of documents) {
    const { text, spans, line } = document;
    const inFile = document.file ?? file;
    checkTextLength(text, `${inFile}:${line}`);
    let covered = 0;
    for (const { start, end } of spans)
      covered += Math.max(0, Math.min(end, text.length) - Math.max(0, start));
    if (covered > limits.coveredUnits) throw spansNested(inFile, line);
    yield document;
  }
}

function inUtf16({ words, ...document }: FiledDocument, counting: Counting): TextDocument {
  const { text } = document;
  const places = placesOf(text, counting);
  return {
    ...document,
    ...(words === undefined ? {} : { words: words.map((word) => placed(word, places)) }),
    spans: document.spans.map(({ surface, ...filed }): Span => {
      const span = placed(filed, places);
      const agrees = surface === undefined || sameText(sliceOf(text, span), surface);
      return agrees ? span : { ...span, claimed: surface };
    }),
  };
}
