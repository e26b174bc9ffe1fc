import { deflateSync, inflateSync } from "node:zlib";
import { decode, encode } from "@msgpack/msgpack";
import { z } from "zod";
import { NO_TAG, type Sentence } from "../../../text/sentence.js";
import { toScheme } from "../../../text/tagSchemes.js";
import { cannotHold, docBinInvalid } from "../../errors.js";
import { Documents } from "../../read/documents.js";
import type { LeftOut } from "../../read/leftOut.js";
import { again, type Source } from "../../read/source.js";
import type { WordsFormat } from "../format.js";
import { documentsOf, placeOf, writtenScheme } from "../writing.js";
import { murmurHash64 } from "./murmurHash.js";
import { spacySymbols } from "./spacySymbols.js";

/** Numbers of the token attributes that are read and written. */
const [ORTH, ENT_IOB, ENT_TYPE, SENT_START] = [65, 77, 78, 80];
/** Values of ENT_IOB; 0 means that it is not set. */
const [MISSING, INSIDE, OUTSIDE, BEGINS] = [0, 1, 2, 3];
/** Most bytes that a byte of the file may decompress to. Rows of attributes consist mostly of zeros. */
const MOST_A_BYTE = 256;
const FEW = 2 ** 24;

/**
 * spaCy's training data, `DocBin`: documents of tokens, whose attributes are numbers in one table. Strings
 * are stored as hashes; their text is in a separate list. Tokens of white space are left out. Sentences are
 * those that spaCy marked; a document without marks is one sentence. Words, entities and sentences are the
 * only attributes that are kept. The whole file is in memory.
 *
 * https://spacy.io/api/data-formats#binary-training, https://spacy.io/api/docbin
 */
export const docBin: WordsFormat = {
  name: "spacy-docbin",
  title: "spaCy DocBin (.spacy)",
  extensions: [".spacy"],
  holds: { shape: "words" },
  detect: ({ extension, bytes, text }) =>
    extension === ".spacy" || (extension === "" && isZlib(bytes) && text.includes("\ufffd")),
  read(source, _, leftOut) {
    const docs = docsIn(source);
    const sentences = again(function* () {
      yield* sentencesOf(docs, source.file, leftOut);
      for (const [name, count] of docs.unread) leftOut.field(name, count);
      leftOut.part("document with span groups", docs.grouped, "documents with span groups");
    });
    return { shape: "words", sentences };
  },
  *write(sentences) {
    yield { content: written([...sentences]) };
  },
};

/** True for a header of zlib: deflate with a window of 32 KiB, and a check. https://www.rfc-editor.org/rfc/rfc1950 */
const isZlib = ([method = 0, flags = 0]: Uint8Array): boolean =>
  method === 0x78 && (method * 256 + flags) % 31 === 0;

const contents = z.object({
  attrs: z.array(z.number().int()),
  tokens: z.instanceof(Uint8Array),
  lengths: z.instanceof(Uint8Array),
  strings: z.array(z.string()),
  span_groups: z.array(z.unknown()).optional(),
});

interface Docs {
  /** Attributes of all tokens, `[tokens, columns]`, row-major. */
  readonly table: BigUint64Array;
  readonly columns: readonly number[];
  /** Number of tokens of each document. */
  readonly lengths: Int32Array;
  readonly strings: ReadonlyMap<bigint, string>;
  /** Attributes that are not read, and how many tokens have a value. */
  readonly unread: ReadonlyMap<string, number>;
  /** Number of documents with span groups, which are not read. */
  readonly grouped: number;
}

function docsIn(source: Source): Docs {
  const bytes = source.bytes();
  const wrong = (what: string, cause?: unknown) => docBinInvalid(source.file, what, cause);
  let unpacked: unknown;
  try {
    const inflated = inflateSync(bytes, { maxOutputLength: FEW + MOST_A_BYTE * bytes.length });
    unpacked = decode(inflated, { maxArrayLength: inflated.length, maxMapLength: inflated.length });
  } catch (cause) {
    throw wrong((cause as Error).message.slice(0, 200), cause);
  }
  const { success, data } = contents.safeParse(unpacked);
  if (!success) throw wrong("parts are missing");
  const { attrs: columns, strings } = data;
  for (const [number, name] of [
    [ORTH, "ORTH"],
    [ENT_IOB, "ENT_IOB"],
    [ENT_TYPE, "ENT_TYPE"],
  ] as const)
    if (!columns.includes(number)) throw wrong(`its tokens have no ${name}`);
  const table = new BigUint64Array(aligned(data.tokens, 8));
  const lengths = new Int32Array(aligned(data.lengths, 4));
  const tokens = lengths.reduce((sum, length) => (length < 0 ? Number.NaN : sum + length), 0);
  if (tokens * columns.length !== table.length)
    throw wrong("the documents do not have as many tokens as the table");
  const numbers = new Map(spacySymbols.map((text, number) => [text, BigInt(number)]));
  return {
    table,
    columns,
    lengths,
    unread: unreadAttributes(table, columns),
    strings: new Map(strings.map((text) => [numbers.get(text) ?? murmurHash64(text, 1n), text])),
    // One byte is an empty list.
    grouped: (data.span_groups ?? []).filter((bytes) => bytes instanceof Uint8Array && bytes.length > 1)
      .length,
  };
}

/** Attributes that are read, or that follow from the words. */
const KNOWN = new Set(["ORTH", "ENT_IOB", "ENT_TYPE", "SENT_START", "SPACY", "NORM", "LENGTH", "SHAPE"]);

function unreadAttributes(table: BigUint64Array, columns: readonly number[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [at, attribute] of columns.entries()) {
    const name = spacySymbols[attribute] ?? `attribute ${attribute}`;
    if (KNOWN.has(name)) continue;
    let count = 0;
    for (let cell = at; cell < table.length; cell += columns.length) if (table[cell] !== 0n) count++;
    if (count > 0) counts.set(name, count);
  }
  return counts;
}

/**
 * Copies bytes into a buffer of their own, which typed arrays need for alignment. Drops bytes at the end that
 * are not a whole number.
 */
const aligned = (bytes: Uint8Array, size: number): ArrayBuffer =>
  new Uint8Array(bytes.subarray(0, bytes.length - (bytes.length % size))).buffer;

function* sentencesOf(docs: Docs, file: string, leftOut: LeftOut): Generator<Sentence> {
  const { table, columns, lengths, strings } = docs;
  const [orth, iob, type, start] = [ORTH, ENT_IOB, ENT_TYPE, SENT_START].map((attribute) =>
    columns.indexOf(attribute),
  ) as [number, number, number, number];
  const value = (token: number, column: number): bigint => table[token * columns.length + column]!;
  const text = (token: number, column: number): string => {
    const found = strings.get(value(token, column));
    if (found === undefined) throw docBinInvalid(file, `the string of token ${token} is missing`);
    return found;
  };
  const tagged = table.some((number, at) => at % columns.length === iob && number !== BigInt(MISSING));
  const tagOf = (token: number): string => {
    const state = Number(value(token, iob));
    if (state === MISSING) return NO_TAG;
    if (state !== BEGINS && state !== INSIDE) return "O";
    const name = text(token, type);
    return `${state === BEGINS ? "B" : "I"}${name === "" ? "" : `-${name}`}`;
  };
  const documents = new Documents(leftOut);
  let token = 0;
  for (const [index, length] of lengths.entries()) {
    documents.startDocument();
    let words: string[] = [];
    let tags: string[] = [];
    const sentence = () => documents.sentence(words, tagged ? tags : [], index + 1);
    for (const end = token + length; token < end; token++) {
      if (start >= 0 && value(token, start) === 1n && words.length > 0) {
        yield sentence();
        words = [];
        tags = [];
      }
      const word = text(token, orth);
      if (/^[ \t\r\n\f\v]*$/.test(word)) {
        leftOut.detail("token of white space", 1, "tokens of white space");
        continue;
      }
      words.push(word);
      tags.push(tagged ? tagOf(token) : "O");
    }
    if (words.length > 0) yield sentence();
  }
}

function written(sentences: readonly Sentence[]): Uint8Array {
  const scheme = writtenScheme(sentences);
  const strings = new Map<string, bigint>(spacySymbols.map((text, number) => [text, BigInt(number)]));
  const used = new Set<string>();
  const numberOf = (text: string): bigint => {
    used.add(text);
    const number = strings.get(text) ?? murmurHash64(text, 1n);
    strings.set(text, number);
    return number;
  };
  const rows: bigint[] = [];
  const lengths: number[] = [];
  for (const document of documentsOf(sentences)) {
    for (const sentence of document) {
      const tags = toScheme(sentence.tags, scheme, "IOB2");
      for (const [index, word] of sentence.words.entries()) {
        if (/^[ \t\r\n\f\v]*$/.test(word))
          throw cannotHold("DocBin", "a word that is only white space", word, placeOf(sentence));
        const [prefix, type] = partsOf(tags[index]);
        // −1 means that the token does not begin a sentence.
        const start = index === 0 ? 1n : 2n ** 64n - 1n;
        rows.push(numberOf(word), BigInt(prefix), numberOf(type), start);
      }
    }
    lengths.push(document.reduce((sum, { words }) => sum + words.length, 0));
  }
  const bytes = ({ buffer }: BigUint64Array | Int32Array) => new Uint8Array(buffer as ArrayBuffer);
  return deflateSync(
    encode({
      version: "0.1",
      attrs: [ORTH, ENT_IOB, ENT_TYPE, SENT_START],
      tokens: bytes(BigUint64Array.from(rows)),
      spaces: new Uint8Array(rows.length / 4).fill(1),
      lengths: bytes(Int32Array.from(lengths)),
      strings: [...used].sort(),
      cats: lengths.map(() => ({})),
      flags: lengths.map(() => ({ has_unknown_spaces: true })),
      span_groups: lengths.map(() => new Uint8Array([0x90])), // An empty list.
    }),
  );
}

function partsOf(tag: string | undefined): readonly [prefix: number, type: string] {
  if (tag === undefined || tag === NO_TAG) return [MISSING, ""];
  if (tag === "O") return [OUTSIDE, ""];
  return [tag.startsWith("B") ? BEGINS : INSIDE, tag.slice(2)];
}
