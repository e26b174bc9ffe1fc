import type { FiledDocument, Span, TextDocument } from "../../text/textDocument.js";
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
 */
export function textsContent(
  filed: Iterable<FiledDocument>,
  asked: OffsetUnit | undefined,
  usual: Exclude<OffsetUnit, "bytes">,
): TextsContent {
  const offsets = offsetChoice(filed, usual, asked);
  return {
    shape: "texts",
    offsets,
    documents: again(function* () {
      for (const document of filed) yield inUtf16(document, offsets);
    }),
  };
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
