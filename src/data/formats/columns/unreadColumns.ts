import type { LeftOut } from "../../read/leftOut.js";

/** A column that is not read. */
export interface UnreadColumn {
  readonly at: number;
  readonly name: string;
}

/**
 * Returns the columns that are not read, with their names or, without a name, their numbers.
 *
 * @param read indices of the columns that are read or that only number what is read
 */
export const unreadColumns = (
  count: number,
  names: readonly string[] | undefined,
  read: readonly (number | undefined)[],
): readonly UnreadColumn[] =>
  Array.from({ length: count }, (_, at) => ({ at, name: names?.[at]?.trim() || `column ${at}` })).filter(
    ({ at }) => !read.includes(at),
  );

/** Counts the values of columns that are not read. */
export class UnreadValues {
  readonly #counts: number[];

  constructor(private readonly columns: readonly UnreadColumn[]) {
    this.#counts = columns.map(() => 0);
  }

  /** Counts the values of a row. An empty cell and `_` are none. */
  add(cells: readonly string[]): void {
    for (let index = 0; index < this.columns.length; index++) {
      const cell = cells[this.columns[index]!.at];
      if (cell !== undefined && cell !== "" && cell !== "_") this.#counts[index]!++;
    }
  }

  tell(leftOut: LeftOut): void {
    for (const [index, { name }] of this.columns.entries())
      if (this.#counts[index]! > 0) leftOut.field(name, this.#counts[index]);
  }
}
