import { lineInvalid } from "../../errors.js";

const CELL = /^(?:\([^()*|\s]*[\p{L}][^()*|\s]*)*\*?\)*$/u;

/** True for cells such as `(PERSON*`, `*`, `*)` and `(ORG)`, as CoNLL-2012 marks entities. */
export const isBracketed = (cell: string): boolean => cell !== "" && CELL.test(cell);

/** Where the tags are, for messages. */
interface Place {
  readonly file: string;
  /** Lines of the words. */
  readonly lines: readonly number[];
}

/**
 * Reads brackets as tags in IOB2. Of nested entities the outermost is read.
 *
 * @returns the tags, and the number of entities inside of others
 * @throws NeriumError DATA_LINE_INVALID if brackets do not match
 */
export function bracketedTags(
  cells: readonly string[],
  { file, lines }: Place,
): { readonly tags: readonly string[]; readonly nested: number } {
  let nested = 0;
  let opened: string[] = [];
  let begun = 0;
  const invalid = (line: number, what: string) =>
    lineInvalid(file, line, what, "Write an entity as (TYPE*, * and *), or as (TYPE) if it has one word.");
  const tags = cells.map((cell, word) => {
    if (!isBracketed(cell))
      throw invalid(lines[word]!, `${JSON.stringify(cell.slice(0, 60))} is not an entity in brackets`);
    const types = [...cell.matchAll(/\(([^()*]+)/g)].map(([, type]) => type!);
    const outermost = opened[0];
    if (types.length > 0 && outermost === undefined) begun = word;
    nested += outermost === undefined ? Math.max(0, types.length - 1) : types.length;
    opened = [...opened, ...types];
    const tag = opened.length === 0 ? "O" : `${outermost === undefined ? "B" : "I"}-${opened[0]}`;
    const closed = cell.length - cell.replaceAll(")", "").length;
    if (closed > opened.length) throw invalid(lines[word]!, "A bracket is closed that was not opened");
    opened = opened.slice(0, opened.length - closed);
    return tag;
  });
  if (opened.length > 0) throw invalid(lines[begun]!, "A bracket is not closed in this sentence");
  return { tags, nested };
}
