/** What is left out, and how often. */
export interface CountedLoss {
  /** A phrase after a number: `rejected`, `with predictions only`; `relation` or `relations`. */
  readonly what: string;
  readonly count: number;
}

/**
 * Counts, by kind, what the last reading of a file left out. A format tells it of every record that does not
 * count, of every part of a record that is not read, and of every field that it does not know.
 */
export class LeftOut {
  readonly #records = new Map<string, number>();
  readonly #parts = new Map<string, { count: number; readonly many: string }>();
  readonly #fields = new Map<string, number>();

  /** Begins to count anew. */
  reset(): void {
    this.#records.clear();
    this.#parts.clear();
    this.#fields.clear();
  }

  /** A record does not count. `kind` says why: `rejected`, `with predictions only`. */
  record(kind: string): void {
    this.#records.set(kind, (this.#records.get(kind) ?? 0) + 1);
  }

  /** A record counts, but some parts of it are not read: `relation`. */
  part(one: string, count = 1, many = `${one}s`): void {
    if (count === 0) return;
    const known = this.#parts.get(one);
    if (known === undefined) this.#parts.set(one, { count, many });
    else known.count += count;
  }

  /** A record has a field, or a table a column, that is not read. */
  field(name: string, count = 1): void {
    this.#fields.set(name, (this.#fields.get(name) ?? 0) + count);
  }

  /** Adds the counts of another file. */
  add(other: LeftOut): void {
    for (const [kind, count] of other.#records)
      this.#records.set(kind, (this.#records.get(kind) ?? 0) + count);
    for (const [one, { count, many }] of other.#parts) this.part(one, count, many);
    for (const [name, count] of other.#fields) this.field(name, count);
  }

  /** Records that do not count, by the reason. */
  get records(): readonly CountedLoss[] {
    return Array.from(this.#records, ([what, count]) => ({ what, count }));
  }

  get parts(): readonly CountedLoss[] {
    return Array.from(this.#parts, ([one, { count, many }]) => ({ what: count === 1 ? one : many, count }));
  }

  /** Fields that are not read, and the number of records that have them. */
  get fields(): readonly CountedLoss[] {
    return Array.from(this.#fields, ([what, count]) => ({ what, count }));
  }

  /**
   * Returns a line for what does not count and one for what is not read.
   *
   * @param read number of records that count
   */
  notes(file: string, read: number): string[] {
    const { records, parts } = this;
    const all = records.reduce((sum, { count }) => sum + count, read);
    return [
      ...(records.length === 0
        ? []
        : [`${file}: left out ${all - read} of ${all} records: ${lossesText(records)}`]),
      ...(parts.length === 0 ? [] : [`${file}: ignored ${lossesText(parts)}`]),
    ];
  }
}

/** Joins counts to a phrase: `3 rejected, 1 ignored`. */
export const lossesText = (losses: readonly CountedLoss[]): string =>
  losses.map(({ what, count }) => `${count} ${what}`).join(", ");
