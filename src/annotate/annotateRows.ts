import { isNeriumError } from "../errors.js";
import type { Analysis, Ner, NerOptions } from "../infer/index.js";
import type { Claim } from "./claims.js";
import { allFailed } from "./errors.js";
import type { Row } from "./readLines.js";
import type { Result, ResultsWriter } from "./results.js";

/** Limits of a group of texts that goes through the model at once: as those of `Ner.stream`. */
const GROUP_TEXTS = 256;
const GROUP_UNITS = 65_536;

export interface AnnotateRowsOptions {
  readonly ner: Pick<Ner, "analyze">;
  readonly options: NerOptions;
  readonly claim: Pick<Claim, "note" | "tries">;
  /** How often a text is tried. */
  readonly tries: number;
  readonly output: ResultsWriter;
  /** For messages. */
  readonly place: string;
  readonly signal?: AbortSignal | undefined;
  /** Called after each group, with the number of its rows. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** Rows that go through the model together. */
interface Group {
  readonly rows: readonly Row[];
  /** Number of the first row in its shard. */
  readonly from: number;
  /** The row that workers died of. */
  readonly givenUp?: true;
}

/**
 * Annotates the rows of a shard, in order. Groups depend on nothing but the rows, so that every worker computes the same.
 * While a group is computed, the next one is read, and the one before is written.
 *
 * A group that fails is tried again text by text. A text that fails alone becomes an error, and so does one at which
 * workers died.
 *
 * @returns the number of rows, and of those with an error
 * @throws NeriumError ANNOTATE_ALL_FAILED; the signal's reason; those of reading and writing
 */
export async function annotateRows(
  rows: AsyncIterable<Row>,
  { ner, options, claim, tries, output, place, signal, onRows }: AnnotateRowsOptions,
): Promise<{ readonly rows: number; readonly errors: number }> {
  const groups = groupsOf(rows, claim, tries);
  const count = { rows: 0, errors: 0 };
  let write: (() => Promise<void>) | undefined;
  try {
    let next = await groups.next();
    while (!next.done) {
      signal?.throwIfAborted();
      const group = next.value;
      await claim.note({ from: group.from, to: group.from + group.rows.length });
      const running = resultsOf(group, { ner, options, tries, place, signal });
      const reading = groups.next();
      // They are awaited below. Until then, an error of one must not end the process while the other is awaited.
      running.catch(() => {});
      reading.catch(() => {});
      await write?.();
      const results = await running;
      write = () => output.add(results);
      count.rows += results.length;
      count.errors += results.filter(({ error }) => error !== undefined).length;
      onRows?.(results.length);
      next = await reading;
    }
    await write?.();
    await output.end();
    return count;
  } finally {
    await groups.return(undefined);
  }
}

async function* groupsOf(
  rows: AsyncIterable<Row>,
  { tries: deaths }: Pick<Claim, "tries">,
  tries: number,
): AsyncGenerator<Group, undefined, undefined> {
  let group: Row[] = [];
  let [at, units] = [0, 0];
  const collected = (): Group => {
    const collected = { rows: group, from: at - group.length };
    group = [];
    units = 0;
    return collected;
  };
  for await (const row of rows) {
    if (deaths.isSuspect(at)) {
      if (group.length > 0) yield collected();
      const givenUp = deaths.isGivenUp(at, tries) ? ({ givenUp: true } as const) : {};
      yield { rows: [row], from: at, ...givenUp };
      at++;
      continue;
    }
    group.push(row);
    units += row.text.length;
    at++;
    if (group.length >= GROUP_TEXTS || units >= GROUP_UNITS) yield collected();
  }
  if (group.length > 0) yield collected();
  return undefined;
}

type Running = Pick<AnnotateRowsOptions, "ner" | "options" | "tries" | "place" | "signal">;

async function resultsOf({ rows, givenUp }: Group, running: Running): Promise<Result[]> {
  const { ner, options, tries, place, signal } = running;
  if (givenUp)
    return rows.map((row) => ({ row, error: `The worker died at this text, ${tries} times or more` }));
  const readable = rows.filter(({ unreadable }) => unreadable === undefined);
  let found: readonly (Analysis | string)[];
  try {
    found = await ner.analyze(
      readable.map(({ text }) => text),
      { ...options, ...(signal && { signal }) },
    );
  } catch (error) {
    signal?.throwIfAborted();
    found = await oneByOne(readable, error, { ner, options, tries, place, signal });
  }
  let at = 0;
  return rows.map((row): Result => {
    if (row.unreadable !== undefined) return { row, error: row.unreadable };
    const each = found[at++]!;
    return typeof each === "string" ? { row, error: each } : { row, analysis: each };
  });
}

/** A text that fails alone is at fault. If all of several texts fail, none of them is. */
async function oneByOne(
  rows: readonly Row[],
  first: unknown,
  { ner, options, tries, place, signal }: Running,
): Promise<(Analysis | string)[]> {
  const found: (Analysis | string)[] = [];
  for (const { text } of rows) {
    let failure: unknown;
    let analysis: Analysis | undefined;
    for (let attempt = 0; attempt < tries && analysis === undefined; attempt++) {
      try {
        analysis = await ner.analyze(text, { ...options, ...(signal && { signal }) });
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
        // Trying again would change nothing.
        if (isNeriumError(error) && error.code === "TEXT_TOO_LONG") break;
      }
    }
    found.push(analysis ?? messageOf(failure));
  }
  if (rows.length > 1 && found.every((each) => typeof each === "string")) throw allFailed(place, first);
  return found;
}

const messageOf = (error: unknown): string =>
  isNeriumError(error)
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? error.message
      : String(error);
