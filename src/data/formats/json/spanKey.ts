/** A list in a record of a file, and what it is called there. */
export interface NamedList {
  readonly name: string;
  readonly list: readonly unknown[];
  /** Line of the record. */
  readonly line: number;
}

/**
 * Returns the name of the lists that have spans in any record. If none has, returns the name of the empty lists
 * if they all have the same one.
 *
 * @param hasSpans returns true for a list with spans
 * @param refuse returns the error for lists of two names that have spans
 */
export function nameOfSpans(
  lists: Iterable<NamedList>,
  hasSpans: (list: readonly unknown[]) => boolean,
  refuse: (line: number, first: string, second: string) => Error,
): string | undefined {
  let found: string | undefined;
  const empty = new Set<string>();
  for (const { name, list, line } of lists) {
    if (list.length === 0) empty.add(name);
    if (!hasSpans(list)) continue;
    found ??= name;
    if (found !== name) throw refuse(line, found, name);
  }
  return found ?? (empty.size === 1 ? [...empty][0] : undefined);
}
