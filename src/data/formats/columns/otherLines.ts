import { DOCUMENT_START } from "../../read/documents.js";

/** True if nothing is visible. Files that were joined may have a byte order mark on a line of its own. */
export const blank = (text: string): boolean =>
  text === "" || (BLANK_MARKS.has(text.charCodeAt(0)) && /^[ \t\ufeff]*$/.test(text));

/** Looked up first, because every line is asked. */
const BLANK_MARKS = new Set([0x20, 0x09, 0xfeff]);

export const documentStart = (text: string): boolean => text.startsWith(DOCUMENT_START);

export const hash = (text: string): boolean =>
  text === "#" || text.startsWith("# ") || text.startsWith("#\t");

export const keyAndValue = (text: string): boolean => /^# [^ \t=]+ = /.test(text) || newDocument(text);

export const newDocument = (text: string): boolean => /^# newdoc\b/.test(text);

/** True if a line that begins a document says which one: `# newdoc id = a`, `###MEDLINE:95369245`. */
export const namesDocument = (line: string): boolean =>
  /[\p{L}\p{N}]{2}/u.test(
    line.replace(/^\W*(?:DOCSTART|(?:begin|end) document|newdoc|doc|document|text|file|article)\b/i, ""),
  );

/** What a line does that has no word: it begins a document, ends a sentence, or says something about the data. */
export type OtherLine = "document" | "sentence" | "comment";

const OTHER: readonly (readonly [OtherLine, RegExp])[] = [
  // Spaces of other kinds, zero-width characters, control characters.
  ["sentence", /^[\p{Z}\p{C}\ufeff]*$/u],
  ["document", /^\W*-?DOCSTART\b/i],
  // CoNLL-2012: `#begin document (bc/cctv/00/cctv_0000); part 000`
  ["document", /^#\s*(?:begin|end) document\b/i],
  ["document", /^# newdoc\b/],
  // JNLPBA: `###MEDLINE:95369245`
  ["document", /^##/],
  ["document", /^={3,}/],
  ["document", /^(?:-{3,}|\*{3,}|_{3,}|~{3,})$/],
  ["document", /^<\/?(?:doc|document|text|file|article)\b[^<>]*>$/i],
  ["sentence", /^<\/?(?:s|sent|sentence|p)\b[^<>]*>$/i],
  ["sentence", /^EOS$/],
  ["comment", /^#(?:$|[ \t])/],
  ["comment", /^#[\w.-]+[ \t]*[=:]/],
];

/**
 * Returns what a line does that cannot be a word, because it does not have as many cells as the words have.
 * `undefined` if it looks like a damaged line.
 */
export const otherLine = (text: string): OtherLine | undefined =>
  OTHER.find(([, pattern]) => pattern.test(text.trim()))?.[0];
