import { type Answer, type Api, type Entity, Problem, type Reading } from "./api.js";
import { type Paragraph, paragraphs } from "./paragraphs.js";

/** What was found in a text so far. */
export interface Found {
  readonly entities: readonly Entity[];
  readonly windows: number;
  /** How many paragraphs were read alone, and how many there are. Both are 1 for a text that was sent whole. */
  readonly read: number;
  readonly paragraphs: number;
  /** How many paragraphs the server refused, and what is wrong with the first of them. */
  readonly refused: number;
  readonly problem?: Problem;
}

/** What is found in a blank text. */
export const NOTHING: Found = { entities: [], windows: 0, read: 1, paragraphs: 1, refused: 0 };

/** How a text is read. */
export interface FindOptions {
  readonly reading: Reading;
  readonly signal: AbortSignal;
  /** Is called with what was found so far in a long text. */
  readonly progress: (found: Found) => void;
  /** Is called before a wait, because the server is busy. */
  readonly busy: (problem: Problem) => void;
}

/** UTF-16 units of a paragraph, and of the paragraphs that are sent together. */
const LONGEST_PARAGRAPH = 20_000;
const UNITS_TOGETHER = 50_000;
/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 100;

/**
 * Finds entities: a text as a whole if the server takes it, otherwise paragraph by paragraph. Answers for
 * paragraphs are kept, so that an edit in a long text sends only what it changed.
 */
export class Finder {
  private kept = new Map<string, Answer | Problem>();

  constructor(
    private readonly api: Api,
    /** The longest text to send whole, in UTF-16 units. It sinks if the server says that a text is too long. */
    public longest: number,
  ) {}

  /** @throws Problem if the server refuses the request or does not answer, the signal's reason if it is aborted */
  async find(text: string, options: FindOptions): Promise<Found> {
    if (text.trim() === "") return NOTHING;
    if (text.length <= this.longest) {
      try {
        const answer = await patiently(options, () =>
          this.api.entities(text, options.reading, options.signal),
        );
        return { ...answer, read: 1, paragraphs: 1, refused: 0 };
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 413) throw error;
        this.longest = text.length - 1;
      }
    }
    return this.findInParagraphs(text, options);
  }

  private async findInParagraphs(text: string, options: FindOptions): Promise<Found> {
    const parts = paragraphs(text, Math.min(LONGEST_PARAGRAPH, Math.max(1, this.longest)));
    const key = (part: Paragraph) => `${options.reading.model}\n${options.reading.strategy}\n${part.text}`;
    const keys = parts.map(key);
    const present = new Set(keys);
    this.kept = new Map(
      [...this.kept].filter(([each, answer]) => present.has(each) && !(answer instanceof Problem)),
    );
    const report = () => options.progress(this.soFar(parts, keys));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const reportSoon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        report();
      }, REPORT_EVERY);
    };
    report();
    try {
      for (let missing = this.missing(parts, keys); missing.length > 0; missing = this.missing(parts, keys))
        await patiently(options, () => this.readEach(missing, key, options, reportSoon));
    } finally {
      clearTimeout(timer);
    }
    return this.soFar(parts, keys);
  }

  /** Sends paragraphs together, and keeps the answer for each. */
  private async readEach(
    parts: readonly Paragraph[],
    key: (part: Paragraph) => string,
    { reading, signal }: FindOptions,
    kept: () => void,
  ): Promise<void> {
    let index = 0;
    const texts = parts.map((part) => part.text);
    for await (const answer of this.api.entitiesOfEach(texts, reading, signal)) {
      if (answer instanceof Problem && answer.retryAfter !== undefined) throw answer;
      this.kept.set(key(parts[index++]!), answer);
      kept();
    }
    if (index < parts.length)
      throw new Problem("The answer broke off.", "The server closed the connection.", 0);
  }

  /** The next paragraphs to send together. */
  private missing(parts: readonly Paragraph[], keys: readonly string[]): Paragraph[] {
    const found = new Map<string, Paragraph>();
    let units = 0;
    for (const [index, part] of parts.entries()) {
      if (this.kept.has(keys[index]!) || found.has(keys[index]!)) continue;
      units += part.text.length;
      if (units > UNITS_TOGETHER && found.size > 0) break;
      found.set(keys[index]!, part);
    }
    return [...found.values()];
  }

  private soFar(parts: readonly Paragraph[], keys: readonly string[]): Found {
    const entities: Entity[] = [];
    let [windows, read, refused] = [0, 0, 0];
    let problem: Problem | undefined;
    for (const [index, { start }] of parts.entries()) {
      const answer = this.kept.get(keys[index]!);
      if (answer === undefined) continue;
      read++;
      if (answer instanceof Problem) {
        problem ??= answer;
        refused++;
        continue;
      }
      windows += answer.windows;
      for (const entity of answer.entities)
        entities.push({ ...entity, start: entity.start + start, end: entity.end + start });
    }
    const counts = { windows, read, paragraphs: parts.length, refused };
    return { entities, ...counts, ...(problem === undefined ? {} : { problem }) };
  }
}

/** Repeats a call while the server is busy, after the time that it names. */
async function patiently<T>({ signal, busy }: FindOptions, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || error.retryAfter === undefined) throw error;
      busy(error);
      await delay(error.retryAfter, signal);
    }
  }
}

const delay = (milliseconds: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
