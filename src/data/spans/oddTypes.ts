import { counted } from "../../counted.js";
import type { TextDocument } from "../../text/textDocument.js";
import { looksLikeTag } from "../tags/outside.js";

/** Passes documents on, and tells at the end which types of spans look like tags, such as `O` and `B-PER`. */
export function* tellingOddTypes(
  documents: Iterable<TextDocument>,
  file: string,
  onNote: (note: string) => void,
): Generator<TextDocument> {
  const odd = new Map<string, { count: number; readonly where: string }>();
  const usual = new Set<string>();
  for (const document of documents) {
    for (const { type } of document.spans) {
      if (usual.has(type)) continue;
      const known = odd.get(type);
      if (known !== undefined) known.count++;
      else if (looksLikeTag(type))
        odd.set(type, { count: 1, where: `${document.file ?? file}:${document.line}` });
      else usual.add(type);
    }
    yield document;
  }
  for (const [type, { count, where }] of odd)
    onNote(
      `${file}: the type ${JSON.stringify(type)} of spans looks like a tag: ${counted(count, "span")}, first at ${where}. Every span becomes an entity of its type.`,
    );
}
