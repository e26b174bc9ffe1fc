/** What is left out, and how often. */
export interface CountedLoss {
  /** A phrase after a number: `rejected`, `with predictions only`; `relation` or `relations`. */
  readonly what: string;
  readonly count: number;
}

interface Part {
  count: number;
  readonly many: string;
  /** True if a note tells that it is ignored. */
  readonly isTold: boolean;
}

/**
 * Counts, by kind, what the last reading of a file left out. A format tells it of every record that does not
 * count, of every part of a record that is not read, and of every field that it does not know.
 */
export class LeftOut {
  readonly #records = new Map<string, number>();
  readonly #parts = new Map<string, Part>();
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
    this.#add(one, { count, many, isTold: true });
  }

  /** Like {@link part}, but only a conversion tells it: it is no annotation, or another note tells more. */
  detail(one: string, count = 1, many = `${one}s`): void {
    this.#add(one, { count, many, isTold: false });
  }

  /** A record has a field, or a table a column, that is not read. */
  field(name: string, count = 1): void {
    this.#fields.set(name, (this.#fields.get(name) ?? 0) + count);
  }

  /** A record has fields that are not read. Fields without a value and the hashes of tools (`_task_hash`) are none. */
  fieldsOf(record: Readonly<Record<string, unknown>>, read: readonly (string | undefined)[]): void {
    for (const key in record)
      if (!key.startsWith("_") && !read.includes(key) && hasValue(record[key])) this.field(key);
  }

  /** Adds the counts of another file. */
  add(other: LeftOut): void {
    for (const [kind, count] of other.#records)
      this.#records.set(kind, (this.#records.get(kind) ?? 0) + count);
    for (const [one, part] of other.#parts) this.#add(one, part);
    for (const [name, count] of other.#fields) this.field(name, count);
  }

  #add(one: string, part: Part): void {
    const known = this.#parts.get(one);
    if (known !== undefined) known.count += part.count;
    else if (part.count > 0) this.#parts.set(one, { ...part });
  }

  /** Records that do not count, by the reason. */
  get records(): readonly CountedLoss[] {
    return Array.from(this.#records, ([what, count]) => ({ what, count }));
  }

  /** Everything that is left out, as phrases after a number. */
  get all(): readonly CountedLoss[] {
    return [
      ...Array.from(this.#records, ([kind, count]) => ({
        what: `${count === 1 ? "record" : "records"} ${kind}`,
        count,
      })),
      ...this.#partsThat(() => true),
      ...Array.from(this.#fields, ([name, count]) => ({
        what: `${count === 1 ? "value" : "values"} of ${name}`,
        count,
      })),
    ];
  }

  #partsThat(isMeant: (part: Part) => boolean): CountedLoss[] {
    return [...this.#parts]
      .filter(([, part]) => isMeant(part))
      .map(([one, { count, many }]) => ({ what: count === 1 ? one : many, count }));
  }

  /**
   * Returns a line for what does not count and one for what is not read.
   *
   * @param read number of records that count
   */
  notes(file: string, read: number): string[] {
    const { records } = this;
    const parts = this.#partsThat(({ isTold }) => isTold);
    const all = records.reduce((sum, { count }) => sum + count, read);
    return [
      ...(records.length === 0
        ? []
        : [`${file}: left out ${all - read} of ${all} records: ${lossesText(records)}`]),
      ...(parts.length === 0 ? [] : [`${file}: ignored ${lossesText(parts)}`]),
    ];
  }
}

/** True for a value that says something. */
const hasValue = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== "" &&
  (typeof value !== "object" || Object.keys(value).length > 0);

/** Joins counts to a phrase: `3 rejected, 1 ignored`. */
export const lossesText = (losses: readonly CountedLoss[]): string =>
  losses.map(({ what, count }) => `${count} ${what}`).join(", ");
