import { dirname, join } from "node:path";
import {
  areIn,
  type ReadOptions,
  readFormatted,
  requireEditable,
  reversed,
  spliced,
  withFormat,
  wordsIn,
} from "../../data/index.js";
import {
  attempt,
  type FolderLock,
  lockFolder,
  readWholeFile,
  replaceFile,
  sha256,
  tidy,
} from "../../files/index.js";
import { Owned } from "../../owned.js";
import { labelScheme, NO_TAG } from "../../text/index.js";
import { decisionInvalid, reviewDataChanged, reviewFileChanged, reviewOfOther } from "../errors.js";
import { scoredTags } from "../scoredTags.js";
import type { FoundSuspects } from "../suspects/suspects.js";
import { FileWords } from "./fileWords.js";
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
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly found: FoundSuspects,
    private readonly data: FileWords,
    private readonly log: ReviewLog,
    private readonly lock: FolderLock,
    private readonly tagOf: (type: string, begins: boolean) => string,
  ) {}

  /**
   * @param file the result of a search: `suspects.json`
   * @throws NeriumError IMPROVE_SUSPECTS_INVALID, IMPROVE_REVIEW_DATA_CHANGED, IMPROVE_REVIEW_OF_OTHER_DATA, IMPROVE_LOG_DAMAGED,
   *   DATA_EDIT_UNSUPPORTED, FILES_FOLDER_LOCKED, and the errors of reading
   */
  static open(file: string): Promise<Review> {
    return Owned.making(async (owned) => {
      const found = await readSuspects(file);
      const { suspects, train, formats } = found;
      const reading = found.reading as ReadOptions;
      const lock = owned.own(await lockFolder(dirname(file)), "release");
      const log = await ReviewLog.open(join(dirname(file), LOG));
      // The log of a copied folder names the files as the suspects do. No others are written.
      if (log.all.some((decision) => suspects[decision.suspect]?.file !== decision.file))
        throw reviewOfOther(log.file, file);
      await finished(log.last);
      // What a kill has left of a file that was being replaced.
      for (const folder of new Set(suspects.map((suspect) => dirname(suspect.file)))) await tidy(folder);
      const data = new FileWords(await readFormatted(train, formats, reading));
      for (const suspect of suspects)
        if (!data.has(suspect, suspect.words)) throw reviewDataChanged(placeOf(suspect));
      const [first] = suspects;
      if (first !== undefined)
        await requireEditable(
          await bytesOf(first.file),
          first.file,
          withFormat(reading, formats, first.file),
        );
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
    const suspect = suspects[index]!;
    const { score, words, gold, proposed, spans, suspects: own } = suspect;
    const tags = this.data.tags(suspect, words.length);
    const entities = (all: readonly string[]) => entitiesOf(labels, all);
    return {
      ...{ index, place: placeOf(suspect), score, words, spans },
      ...{ gold: entities(gold), proposed: entities(proposed), current: entities(tags) },
      suspectWords: own.map((word) => word.index),
      ...(decision && { decision: decision.action as ReviewAction }),
      ...(decision?.relations && { removedRelations: decision.relations }),
      ...this.data.around(suspect, words.length),
    };
  }

  /**
   * Decides about a suspect: `accept` writes the proposed entities, `keep` those of the data when it was searched, `edit` others.
   *
   * @throws NeriumError IMPROVE_DECISION_INVALID, IMPROVE_REVIEW_DATA_CHANGED if the words are no longer where they were,
   *   DATA_EDIT_FAILED, DATA_EDIT_UNSUPPORTED, `FILES_…`
   */
  decide(index: number, { action, entities }: Decided): Promise<ReviewItem> {
    return this.#alone(async () => {
      const suspect = this.found.suspects[index];
      if (suspect === undefined) throw decisionInvalid(`There is no suspect ${index}`);
      const { file, word: first, words } = suspect;
      const bytes = await bytesOf(file);
      const reading = withFormat(this.found.reading as ReadOptions, this.found.formats, file);
      // Another program may have changed the file since the review was opened.
      const own = await wordsIn(bytes, file, { first, words }, reading);
      if (own === undefined) throw reviewDataChanged(placeOf(suspect));
      const from = own.tags;
      const to =
        action === "skip"
          ? from
          : this.#tags(
              from,
              action === "accept"
                ? suspect.proposed
                : action === "keep"
                  ? suspect.gold
                  : this.#edited(words.length, entities),
            );
      const edited = await own.withTags(to);
      const decision: Decision = {
        ...{ time: now(), action, suspect: index, sentence: suspect.sentence, file, line: suspect.line },
        ...{ from, to, splices: edited.splices },
        ...(edited.relations > 0 && { relations: edited.relations }),
        ...{ before: sha256(bytes), after: sha256(edited.bytes) },
      };
      await this.#change(decision, edited.bytes, undoing(decision));
      this.data.setTags(suspect, to);
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
      const { file, from } = last;
      const suspect = this.found.suspects[last.suspect]!;
      const bytes = await bytesOf(file);
      const back = reversed(last.splices);
      const text = bytes.toString("utf8");
      if (back.length > 0 && (sha256(bytes) !== last.after || !areIn(text, back)))
        throw reviewFileChanged(file);
      const after = Buffer.from(spliced(text, back));
      await this.#change({ ...undoing(last), before: sha256(bytes), after: sha256(after) }, after, last);
      this.data.setTags(suspect, from);
      return this.item(last.suspect);
    });
  }

  /**
   * Changes a file once the decision is in the log.
   *
   * @param inverse goes into the log if the file cannot be written: then nothing has happened
   */
  async #change(decision: Decision, bytes: Buffer, inverse: Decision): Promise<void> {
    await this.log.add(decision);
    if (decision.splices.length === 0) return;
    try {
      await replaceFile(decision.file, bytes);
    } catch (error) {
      const { before } = decision;
      // It changes nothing: the file is as before. If the log cannot be written either, the next review writes the file.
      await this.log.add({ ...inverse, time: now(), before, after: before }).catch(() => {});
      throw error;
    }
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

const placeOf = ({ file, line }: FoundSuspects["suspects"][number]): string => `${file}:${line}`;

const bytesOf = (file: string): Promise<Buffer> => attempt(file, "read", () => readWholeFile(file));

/** What takes a decision back. */
const undoing = (decision: Decision): Decision => ({
  ...decision,
  ...{ time: now(), action: "undo", from: decision.to, to: decision.from },
  splices: reversed(decision.splices),
});

/** Finishes a change that is in the log, but not in the file, because the process was killed between. */
async function finished(last: Decision | undefined): Promise<void> {
  if (last === undefined || last.before === last.after) return;
  const bytes = await bytesOf(last.file);
  const text = bytes.toString("utf8");
  if (sha256(bytes) === last.before && areIn(text, last.splices))
    await replaceFile(last.file, Buffer.from(spliced(text, last.splices)));
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
