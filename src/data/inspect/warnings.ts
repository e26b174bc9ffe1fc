import type { Dataset } from "../sentence.js";
import { characterName, suspiciousIn } from "./characters.js";
import { SHORTEST_DUPLICATE } from "./inspection.js";
import { SeenSentences } from "./seen.js";

/** Something about the data of a run that its user should know; the run goes on. */
export interface DataWarning {
  readonly code: "SENTENCES_LEAKED" | "TYPES_UNSEEN" | "CHARACTERS_SUSPICIOUS";
  readonly message: string;
}

/** What is worth a warning before training, found in one pass: `nerium data inspect` says more. */
export function dataWarnings(train: Dataset, others: readonly Dataset[]): DataWarning[] {
  const all = [train, ...others];
  return [...leaks(all), ...unseenTypes(train, others), ...all.flatMap(characterWarnings)];
}

const placeIn = (data: Dataset, { file, line }: { readonly file?: string; readonly line: number }): string =>
  `${file ?? data.file}:${line}`;

/** Sentences of evaluation data that training has seen. */
function leaks([train, ...others]: readonly Dataset[]): DataWarning[] {
  if (train === undefined || others.length === 0) return [];
  const seen = new SeenSentences();
  for (const { words, tags, line } of train.sentences)
    if (words.length >= SHORTEST_DUPLICATE) seen.add(words, tags, { file: 0, line });
  return others.flatMap((data): DataWarning[] => {
    let count = 0;
    let first: string | undefined;
    for (const sentence of data.sentences) {
      const { words, tags } = sentence;
      if (words.length < SHORTEST_DUPLICATE) continue;
      const before = seen.find(words, tags);
      if (before === undefined) continue;
      count++;
      first ??= `${placeIn(data, sentence)} is line ${before.line} there`;
    }
    if (count === 0) return [];
    const share = `${count} of ${data.sentences.length} sentences`;
    return [
      {
        code: "SENTENCES_LEAKED",
        message: `${data.file}: ${share} stand in ${train.file} too (${first}): scores on them say little about new text.`,
      },
    ];
  });
}

/** Entity types that are scored and that training has no example of. */
function unseenTypes(train: Dataset, others: readonly Dataset[]): DataWarning[] {
  const known = typesOf(train);
  return others.flatMap((data): DataWarning[] => {
    const unseen = [...typesOf(data)].filter((type) => !known.has(type)).sort();
    if (unseen.length === 0) return [];
    return [
      {
        code: "TYPES_UNSEEN",
        message: `${data.file} has entities of ${unseen.join(", ")}, and ${train.file} has none: the model can't learn them.`,
      },
    ];
  });
}

function typesOf({ sentences, scheme }: Dataset): Set<string> {
  const tags = new Set<string>();
  for (const sentence of sentences) for (const tag of sentence.tags) if (tag !== "O") tags.add(tag);
  return new Set(Array.from(tags, (tag) => (scheme === "IO" ? tag : tag.slice(2))));
}

function characterWarnings(data: Dataset): DataWarning[] {
  const names = new Set<string>();
  let count = 0;
  let first: string | undefined;
  for (const sentence of data.sentences)
    for (const word of sentence.words)
      for (const character of suspiciousIn(word)) {
        count++;
        names.add(characterName(character));
        first ??= placeIn(data, sentence);
      }
  if (count === 0) return [];
  return [
    {
      code: "CHARACTERS_SUSPICIOUS",
      message: `${data.file}: ${count} characters that nobody sees or that stand for broken ones (${[...names].slice(0, 4).join(", ")}), first in the sentence at ${first}.`,
    },
  ];
}
