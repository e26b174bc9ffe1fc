import { writeFileAtomically } from "../../src/files/index.js";

const SYLLABLES = "ka lo mi ter von shi ra den po el as um gri na be sto".split(" ");
const TYPES = ["PER", "LOC", "ORG", "MISC"];
const WORDS = 200_000;
const NAMES = 3_000_000;

/**
 * Writes sentences of 6 to 22 made-up words as JSON Lines. Words and names are as frequent as in texts, by Zipf's law, so that
 * ever new ones come; the same number of sentences gives the same bytes.
 */
export function writeSentences(file: string, count: number): Promise<void> {
  return writeFileAtomically(file, blocks(count));
}

function* blocks(count: number): Generator<Buffer> {
  const random = generator(1);
  let lines: string[] = [];
  for (let done = 1; done <= count; done++) {
    lines.push(`${JSON.stringify(sentence(random))}\n`);
    if (lines.length < 10_000 && done < count) continue;
    yield Buffer.from(lines.join(""));
    lines = [];
  }
}

function sentence(random: () => number) {
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

/** The word of a rank, from 1 on: frequent ones are short. */
function word(rank: number): string {
  let text = "";
  for (let rest = Math.floor(rank); rest > 0; rest = Math.floor(rest / 16)) text += SYLLABLES[rest % 16]!;
  return text;
}

/** Numbers from 0 to below 1; the linear congruential generator of Numerical Recipes. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
