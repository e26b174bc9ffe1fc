import { join } from "node:path";
import {
  type DataPlace,
  entityTypes,
  FactsCollector,
  inBatches,
  type OpenWords,
  SummaryCollector,
  sentenceKeys,
  tagRenaming,
} from "../../../data/index.js";
import { attempt, type FsPort, type OpenFile, writeAll, writeJson } from "../../../files/index.js";
import { Owned } from "../../../owned.js";
import { windows } from "../../../tasks/tokenClassification/index.js";
import type { Sentence, TagScheme } from "../../../text/index.js";
import { trainingTagsMissing } from "../../errors.js";
import { DataDigest, TokensDigest } from "../digests.js";
import { type CutCounts, cutCounts } from "../trainingData.js";
import { type CacheFacts, FACTS, KEYS, OFFSETS, WINDOWS } from "./layout.js";
import { recordLength, TagCodes, writeRecord } from "./record.js";
import type { CacheSource } from "./source.js";

/** A file or folder of the source, open for reading. */
export interface Part extends OpenWords {
  readonly path: string;
}

/**
 * Reads the data once and writes its windows as they are made. Only one batch and the facts are in memory.
 *
 * @param onTurn called after each batch with the number of sentences so far
 * @throws NeriumError TRAIN_TAGS_MISSING, `DATA_…`, `TOKENIZE_…`, `FILES_…`; also throws what `onTurn` throws
 */
export async function writeWindows(
  folder: string,
  fs: FsPort,
  source: CacheSource,
  { parts, notes }: { readonly parts: readonly Part[]; readonly notes: readonly string[] },
  onTurn: (sentences: number) => void,
): Promise<void> {
  const { tokenizer, options } = source;
  const numberOf = new Map(source.files.map((file, number) => [file, number]));
  const facts = new FactsCollector(source.paths[0]!);
  const summary = new SummaryCollector();
  const codes = new TagCodes();
  const [data, tokens] = [new DataDigest(), new TokensDigest()];
  const isUsed = new Uint8Array(tokenizer.vocabSize);
  const types = new Set<string>();
  let cut: CutCounts = { truncatedWords: 0, longSentences: 0, wordsWithoutTokens: 0 };
  let [sentences, written, labelled, bytes] = [0, 0, 0, 0];
  await Owned.during(async (owned) => {
    const files = owned.own(await Writing.open(folder, fs), "close");
    for await (const { batch, scheme, path } of batches(parts, source, types)) {
      for (const sentence of batch) {
        facts.add(sentence);
        summary.add(sentence, scheme, path);
        codes.add(sentence.tags);
      }
      const windowed = await windows(batch, tokenizer, { ...options, labels: codes });
      data.add(batch);
      tokens.add(windowed.windows);
      cut = sum(cut, cutCounts(windowed));
      for (const { inputIds, ownedTokens, labels } of windowed.windows) {
        for (const token of ownedTokens) if (labels![token]! >= 0) labelled++;
        for (const id of inputIds) isUsed[id] = 1;
      }

      const records = new Int32Array(
        windowed.windows.reduce((total, { inputIds }) => total + recordLength(inputIds.length), 0),
      );
      const offsets = new Float64Array(windowed.windows.length);
      let at = 0;
      windowed.stretches.forEach(({ start, end }, index) => {
        const { file = source.paths[0]!, line } = batch[index]!;
        for (let window = start; window < end; window++) {
          offsets[window] = bytes + at * 4;
          at = writeRecord(records, at, windowed.windows[window]!, { file: numberOf.get(file)!, line });
        }
      });
      await files.append(WINDOWS, records);
      await files.append(OFFSETS, offsets);
      const keys = [...sentenceKeys({ file: "", scheme: "IOB2", sentences: batch })];
      await files.append(KEYS, Float64Array.from(keys.flatMap(({ hash, line }) => [hash, line])));
      bytes += records.byteLength;
      written += offsets.length;
      sentences += batch.length;
      onTurn(sentences);
    }
    await files.append(OFFSETS, Float64Array.of(bytes));
    await files.end();
  });
  const schemes = new Set(parts.map(({ scheme }) => scheme));
  const { tags, suspicious, scheme, words } = facts.facts(schemes.has("IOB2") ? "IOB2" : parts[0]!.scheme);
  const placed = ({ file, line }: DataPlace) => ({ file: numberOf.get(file)!, line });
  const content: CacheFacts = {
    files: source.files,
    scheme,
    notes,
    sentences,
    windows: written,
    labelled,
    tags: Array.from(tags, ([tag, { count, first }]) => ({ tag, count, first: placed(first) })),
    types: [...types],
    suspicious: suspicious && { ...suspicious, first: placed(suspicious.first) },
    summary: summary.summary(),
    words,
    cut,
    ids: Array.from(isUsed.keys()).filter((id) => isUsed[id] === 1),
    digests: { data: data.hex, tokens: tokens.hex },
  };
  await writeJson(join(folder, FACTS), content, fs);
}

/**
 * The sentences in batches, with their tags renamed as the recipe asks. The entity types before renaming are
 * added to `types`.
 */
async function* batches(
  parts: readonly Part[],
  { labelMap, maxSentences }: CacheSource,
  types: Set<string>,
): AsyncGenerator<{
  readonly batch: readonly Sentence[];
  readonly scheme: TagScheme;
  readonly path: string;
}> {
  let left = maxSentences ?? Number.POSITIVE_INFINITY;
  for (const { path, sentences, scheme } of parts) {
    const rename = labelMap === undefined ? undefined : tagRenaming(labelMap, scheme);
    const tags = new Set<string>();
    for await (const batch of inBatches(firstOf(sentences, left))) {
      for (const sentence of batch) {
        if (sentence.tags.length !== sentence.words.length) throw trainingTagsMissing(path);
        for (const tag of sentence.tags) tags.add(tag);
      }
      const renamed = batch.map((sentence) => ({
        file: path,
        ...sentence,
        ...(rename === undefined ? {} : { tags: sentence.tags.map(rename) }),
      }));
      yield { batch: renamed, scheme, path };
      left -= batch.length;
    }
    for (const type of entityTypes(tags, scheme)) types.add(type);
  }
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let left = most;
  if (left <= 0) return;
  for (const item of items) {
    yield item;
    if (--left <= 0) return;
  }
}

const sum = (a: CutCounts, b: CutCounts): CutCounts => ({
  truncatedWords: a.truncatedWords + b.truncatedWords,
  longSentences: a.longSentences + b.longSentences,
  wordsWithoutTokens: a.wordsWithoutTokens + b.wordsWithoutTokens,
});

/** Data for a file is collected up to this number of bytes, then written in one call. */
const CHUNK = 2 ** 22;

/** The binary files of a cache, which are written at the same time. */
class Writing {
  private readonly waiting = new Map<string, Uint8Array[]>();

  private constructor(
    private readonly folder: string,
    private readonly files: ReadonlyMap<string, OpenFile>,
    private readonly owned: Owned,
  ) {}

  static async open(folder: string, fs: FsPort): Promise<Writing> {
    return Owned.making(async (owned) => {
      const files = new Map<string, OpenFile>();
      for (const name of [WINDOWS, OFFSETS, KEYS]) {
        const path = join(folder, name);
        const file = await attempt(path, "create", () => fs.open(path, "create"));
        owned.own({ close: () => attempt(path, "write", () => file.close()) }, "close");
        files.set(name, file);
      }
      return new Writing(folder, files, owned);
    });
  }

  async append(name: string, values: Int32Array | Float64Array): Promise<void> {
    const waiting = this.waiting.get(name) ?? [];
    this.waiting.set(name, waiting);
    waiting.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    if (waiting.reduce((total, { length }) => total + length, 0) >= CHUNK) await this.flush(name);
  }

  private async flush(name: string): Promise<void> {
    const bytes = Buffer.concat(this.waiting.get(name) ?? []);
    this.waiting.delete(name);
    await attempt(join(this.folder, name), "write", () => writeAll(this.files.get(name)!, bytes));
  }

  /** Writes the data that is still waiting. */
  async end(): Promise<void> {
    for (const name of this.files.keys()) await this.flush(name);
  }

  close(): Promise<void> {
    return this.owned.release();
  }
}
