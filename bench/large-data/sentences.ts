import { writeFileAtomically } from "../../src/files/index.js";

const SYLLABLES = "ka lo mi ter von shi ra den po el as um gri na be sto".split(" ");
const TYPES = ["PER", "LOC", "ORG", "MISC"];
const WORDS = 200_000;
const NAMES = 3_000_000;

/**
 * An endless sequence of sentences of 6 to 22 made-up words; always the same sequence. Word and name
 * frequencies follow Zipf's law, as in real texts, so new ones keep appearing.
 */
function* sentences(): Generator<Sentence> {
  const random = generator(1);
  while (true) yield sentence(random);
}

interface Sentence {
  readonly tokens: readonly string[];
  readonly ner_tags: readonly string[];
}

/** Writes `count` sentences as JSON Lines. */
export function writeSentences(file: string, count: number): Promise<void> {
  let left = count;
  return writeFileAtomically(
    file,
    blocks(
      (sentence) => `${JSON.stringify(sentence)}\n`,
      () => left-- > 0,
    ),
  );
}

/** Writes sentences in CoNLL columns until the file has at least this many bytes. */
export function writeColumns(file: string, bytes: number): Promise<void> {
  let left = bytes;
  const lines = ({ tokens, ner_tags }: Sentence) => {
    const text = `${tokens.map((token, at) => `${token} ${ner_tags[at]}\n`).join("")}\n`;
    left -= text.length;
    return text;
  };
  return writeFileAtomically(
    file,
    blocks(lines, () => left > 0),
  );
}

/** The texts of sentences, in blocks, while `isWanted` returns true. */
function* blocks(textOf: (sentence: Sentence) => string, isWanted: () => boolean): Generator<Buffer> {
  let texts: string[] = [];
  for (const sentence of sentences()) {
    if (!isWanted()) break;
    texts.push(textOf(sentence));
    if (texts.length < 10_000) continue;
    yield Buffer.from(texts.join(""));
    texts = [];
  }
  yield Buffer.from(texts.join(""));
}

function sentence(random: () => number): Sentence {
  const length = 6 + Math.floor(random() * 16);
  const tokens: string[] = [];
  const tags: string[] = [];
  while (tokens.length < length) {
    if (random() < 0.9) {
      tokens.push(word(WORDS ** random()));
      tags.push("O");
      continue;
    }
    const type = TYPES[Math.floor(random() * TYPES.length)]!;
    for (let part = 0; part < 1 + Math.floor(random() * 2); part++) {
      const name = word(NAMES ** random());
      tokens.push(name[0]!.toUpperCase() + name.slice(1));
      tags.push(`${part === 0 ? "B" : "I"}-${type}`);
    }
  }
  return { tokens, ner_tags: tags };
}

/** The word with this frequency rank, from 1. Frequent words are short. */
function word(rank: number): string {
  let text = "";
  for (let rest = Math.floor(rank); rest > 0; rest = Math.floor(rest / 16)) text += SYLLABLES[rest % 16]!;
  return text;
}

/** Random numbers in [0, 1), from the linear congruential generator of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
