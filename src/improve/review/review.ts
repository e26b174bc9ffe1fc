import { chmod, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  areIn,
  editTags,
  type ReadOptions,
  readFormatted,
  reversed,
  spliced,
  withFormat,
} from "../../data/index.js";
import {
  attempt,
  type FolderLock,
  lockFolder,
  readWholeFile,
  sha256,
  writeFileAtomically,
} from "../../files/index.js";
import { Owned } from "../../owned.js";
import { type Dataset, labelScheme, NO_TAG } from "../../text/index.js";
import { decisionInvalid, reviewDataChanged, reviewFileChanged } from "../errors.js";
import { scoredTags } from "../scoredTags.js";
import type { FoundSuspects } from "../suspects/findSuspects.js";
import { readSuspects } from "./readSuspects.js";
import { type Decision, LOG, type ReviewAction, ReviewLog } from "./reviewLog.js";

/** An entity by its words: the end is exclusive. */
export interface ReviewedEntity {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A suspect as a reviewer sees it. */
export interface ReviewItem {
  readonly index: number;
  readonly place: string;
  /** The lowest label quality among its words. */
  readonly score: number;
  readonly words: readonly string[];
  /** Entities of the data when it was searched, those that a model proposes, and those that the data has now. */
  readonly gold: readonly ReviewedEntity[];
  readonly proposed: readonly ReviewedEntity[];
  readonly current: readonly ReviewedEntity[];
  /** What differs, the least likely first. */
  readonly spans: FoundSuspects["suspects"][number]["spans"];
  /** Words whose tag is likely wrong. */
  readonly suspectWords: readonly number[];
  /** The last decision about it. */
  readonly decision?: ReviewAction;
  /** Number of relations that the decision has removed with their entities. Absent if there are none. */
  readonly removedRelations?: number;
  /** The sentences around it, if they are of the same document. */
  readonly before?: string;
  readonly after?: string;
}

/** What a reviewer decided. */
export interface Decided {
  readonly action: ReviewAction;
  /** The entities of an edited sentence. */
  readonly entities?: readonly ReviewedEntity[];
}

/**
 * Goes through suspects and writes decisions into the data at once, in the format of its file. Each decision is in a log before the
 * file is changed, with what is replaced, so that all can be taken back to the byte.
 */
export class Review {
  #data: Dataset;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly found: FoundSuspects,
    data: Dataset,
    private readonly log: ReviewLog,
    private readonly lock: FolderLock,
    private readonly tagOf: (type: string, begins: boolean) => string,
  ) {
    this.#data = data;
  }

  /**
   * @param file the result of a search: `suspects.json`
   * @throws NeriumError IMPROVE_SUSPECTS_INVALID, IMPROVE_REVIEW_DATA_CHANGED, IMPROVE_LOG_DAMAGED, FILES_FOLDER_LOCKED, and the errors
   *   of reading
   */
  static open(file: string): Promise<Review> {
    return Owned.making(async (owned) => {
      const found = await readSuspects(file);
      const lock = owned.own(await lockFolder(dirname(file)), "release");
      const log = await ReviewLog.open(join(dirname(file), LOG));
      await finished(log.last);
      const data = await readFormatted(found.train, found.formats, found.reading as ReadOptions);
      for (const { sentence, words, file: own, line } of found.suspects)
        if (data.sentences[sentence]?.words.join("\n") !== words.join("\n"))
          throw reviewDataChanged(`${own}:${line}`);
      const [first] = found.suspects;
      // Refuses formats that cannot be changed.
      if (first !== undefined) await edited(first, data, found, data.sentences[first.sentence]!.tags);
      return new Review(found, data, log, lock, tagsByType(found.labels));
    });
  }

  /** The entity types of the data. */
  get types(): readonly string[] {
    const { labels } = this.found;
    return [
      ...new Set(labels.flatMap((label) => entitiesOf(labels, [label]).map(({ type }) => type))),
    ].sort();
  }

  /** Path of the log. */
  get logFile(): string {
    return this.log.file;
  }

  /** All suspects, the most likely errors first. */
  get items(): ReviewItem[] {
    const decided = new Map(this.log.standing.map((decision) => [decision.suspect, decision]));
    return this.found.suspects.map((_, index) => this.#item(index, decided.get(index)));
  }

  item(index: number): ReviewItem {
    const own = this.log.standing.findLast(({ suspect }) => suspect === index);
    return this.#item(index, own);
  }

  #item(index: number, decision: Decision | undefined): ReviewItem {
    const { labels, suspects } = this.found;
    const { sentence, file, line, score, words, gold, proposed, spans, suspects: own } = suspects[index]!;
    const { tags, document } = this.#data.sentences[sentence]!;
    const beside = (at: number) => {
      const other = this.#data.sentences[at];
      return other?.document === document ? other.words.join(" ") : undefined;
    };
    const [before, after] = [beside(sentence - 1), beside(sentence + 1)];
    const entities = (all: readonly string[]) => entitiesOf(labels, all);
    return {
      ...{ index, place: `${file}:${line}`, score, words, spans },
      ...{ gold: entities(gold), proposed: entities(proposed), current: entities(tags) },
      suspectWords: own.map((word) => word.index),
      ...(decision && { decision: decision.action as ReviewAction }),
      ...(decision?.relations && { removedRelations: decision.relations }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    };
  }

  /**
   * Decides about a suspect: `accept` writes the proposed entities, `keep` those of the data when it was searched, `edit` others.
   *
   * @throws NeriumError IMPROVE_DECISION_INVALID, DATA_EDIT_FAILED, DATA_EDIT_UNSUPPORTED, `FILES_…`
   */
  decide(index: number, { action, entities }: Decided): Promise<ReviewItem> {
    return this.#alone(async () => {
      const suspect = this.found.suspects[index];
      if (suspect === undefined) throw decisionInvalid(`There is no suspect ${index}`);
      const from = this.#data.sentences[suspect.sentence]!.tags;
      const to =
        action === "skip"
          ? from
          : this.#tags(
              from,
              action === "accept"
                ? suspect.proposed
                : action === "keep"
                  ? suspect.gold
                  : this.#edited(suspect.words.length, entities),
            );
      const own = { action, suspect: index, sentence: suspect.sentence, line: suspect.line, from, to };
      const file = await realpath(suspect.file);
      const bytes = await attempt(file, "read", () => readWholeFile(file));
      const before = sha256(bytes);
      if (isSame(from, to))
        await this.log.add({ ...own, time: now(), file, splices: [], before, after: before });
      else {
        const { splices, relations, bytes: other } = await edited(suspect, this.#data, this.found, to);
        const counted = relations > 0 ? { relations } : {};
        await this.log.add({ ...own, time: now(), file, splices, ...counted, before, after: sha256(other) });
        await written(file, other);
        this.#retag(suspect.sentence, to);
      }
      return this.item(index);
    });
  }

  /**
   * Takes the last decision back. Returns its suspect; `undefined` if there is none.
   *
   * @throws NeriumError IMPROVE_REVIEW_FILE_CHANGED, `FILES_…`
   */
  undo(): Promise<ReviewItem | undefined> {
    return this.#alone(async () => {
      const last = this.log.standing.at(-1);
      if (last === undefined) return undefined;
      const { file, splices, from, to } = last;
      const bytes = await attempt(file, "read", () => readWholeFile(file));
      const back = reversed(splices);
      const text = bytes.toString("utf8");
      if (splices.length > 0 && (sha256(bytes) !== last.after || !areIn(text, back)))
        throw reviewFileChanged(file);
      const after = Buffer.from(spliced(text, back));
      const undone = { ...last, time: now(), action: "undo" as const, from: to, to: from, splices: back };
      await this.log.add({ ...undone, before: sha256(bytes), after: sha256(after) });
      if (splices.length > 0) await written(file, after);
      this.#retag(last.sentence, from);
      return this.item(last.suspect);
    });
  }

  /** Takes all decisions back, and returns how many there were. */
  async undoAll(): Promise<number> {
    let count = 0;
    while ((await this.undo()) !== undefined) count++;
    return count;
  }

  async release(): Promise<void> {
    await this.#busy;
    await this.lock.release();
  }

  /** One change after the other. */
  #alone<T>(change: () => Promise<T>): Promise<T> {
    const own = this.#busy.then(change);
    this.#busy = own.catch(() => {});
    return own;
  }

  #retag(sentence: number, tags: readonly string[]): void {
    const sentences = [...this.#data.sentences];
    sentences[sentence] = { ...sentences[sentence]!, tags };
    this.#data = { ...this.#data, sentences };
  }

  /** Words that do not count keep their tag. */
  #tags(from: readonly string[], to: readonly string[]): string[] {
    return to.map((tag, word) => (from[word] === NO_TAG ? NO_TAG : tag));
  }

  #edited(words: number, entities: readonly ReviewedEntity[] = []): string[] {
    const tags = new Array<string>(words).fill("O");
    for (const { type, start, end } of entities) {
      const isRight = this.types.includes(type) && start >= 0 && start < end && end <= words;
      if (!isRight || tags.slice(start, end).some((tag) => tag !== "O"))
        throw decisionInvalid("An entity has no words, words of another entity, or an unknown type");
      for (let word = start; word < end; word++) tags[word] = this.tagOf(type, word === start);
    }
    return tags;
  }
}

const now = (): string => new Date().toISOString();

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** The file of a suspect with other tags. */
async function edited(
  { file, sentence }: FoundSuspects["suspects"][number],
  data: Dataset,
  { reading, formats }: FoundSuspects,
  tags: readonly string[],
) {
  const before = data.sentences.slice(0, sentence);
  const index = before.filter((each) => (each.file ?? data.file) === file).length;
  const bytes = await attempt(file, "read", () => readWholeFile(file));
  return editTags(bytes, file, { index, tags }, withFormat(reading as ReadOptions, formats, file));
}

async function written(file: string, bytes: Buffer): Promise<void> {
  const { mode } = await attempt(file, "read", () => stat(file));
  await writeFileAtomically(file, bytes);
  await chmod(file, mode);
}

/** Finishes a change that is in the log, but not in the file, because the process was killed between. */
async function finished(last: Decision | undefined): Promise<void> {
  if (last === undefined || last.before === last.after) return;
  const bytes = await attempt(last.file, "read", () => readWholeFile(last.file));
  const text = bytes.toString("utf8");
  if (sha256(bytes) === last.before && areIn(text, last.splices))
    await written(last.file, Buffer.from(spliced(text, last.splices)));
}

function entitiesOf(labels: readonly string[], tags: readonly string[]): ReviewedEntity[] {
  const found: { type: string; start: number; end: number }[] = [];
  for (const [word, tag] of scoredTags(labels)(tags).entries()) {
    if (tag === "O" || tag === NO_TAG) continue;
    const type = tag.slice(2);
    const before = found.at(-1);
    if (tag.startsWith("I") && before?.end === word && before.type === type) before.end = word + 1;
    else found.push({ type, start: word, end: word + 1 });
  }
  return found;
}

/** Returns a function that gives the tag of an entity's word. Class labels have one tag for all words. */
function tagsByType(labels: readonly string[]): (type: string, begins: boolean) => string {
  const { tags } = labelScheme(labels);
  const byForm = new Map(labels.map((label, id) => [tags[id]!, label]));
  const hasPrefixes = labels.some((label) => /^B-./s.test(label));
  return (type, begins) => {
    const form = `${hasPrefixes && begins ? "B" : "I"}-${type}`;
    return byForm.get(form) ?? form;
  };
}
