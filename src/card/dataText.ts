import type { CardData, CardFacts } from "./facts.js";
import { markdownTable } from "./markdownTable.js";
import { rounded } from "./pythonFloat.js";
import { inline } from "./text.js";

/** A type with fewer entities in the training data is called rare. */
const RARE = 100;
/** A type whose F1 is lower than that of all types together by this is called weak. */
const WEAK = 0.1;

const count = (value: number): string => value.toLocaleString("en-US");

/** Returns what the data sets of a run contain, and which sentences occur more than once. */
export function dataText({ splits, repeated, leaked }: CardData): string {
  const types = [...new Set(splits.flatMap(({ entities = {} }) => Object.keys(entities)))].sort();
  const row = (name: string, of: (split: CardData["splits"][number]) => number | undefined): string[] => [
    name,
    ...splits.map((split) => {
      const value = of(split);
      return value === undefined ? "-" : count(value);
    }),
  ];
  const sum = (entities: Readonly<Record<string, number>>) =>
    Object.values(entities).reduce((total, each) => total + each, 0);
  const rows = [
    row("Sentences", ({ sentences }) => sentences),
    row("Words", ({ words }) => words),
    row("Documents", ({ documents }) => documents),
    row("Words of the median sentence", ({ lengths }) => lengths?.median),
    row("Words of the longest sentence", ({ lengths }) => lengths?.longest),
    row("Entities", ({ entities }) => entities && sum(entities)),
    ...types.map((type) => row(inline(type), ({ entities }) => entities && (entities[type] ?? 0))),
  ].filter(([, ...cells]) => cells.some((cell) => cell !== "-"));
  const notes = [
    ...(repeated === undefined || repeated === 0
      ? []
      : [
          `- ${sentences(repeated)} of the training data ${repeated === 1 ? "repeats" : "repeat"} an earlier one.`,
        ]),
    ...leaked
      .filter((each) => each.count > 0)
      .map(
        (each) =>
          `- ${sentences(each.count)} of the ${each.name.toLowerCase()} data also ${each.count === 1 ? "occurs" : "occur"} in the training data.`,
      ),
  ];
  const table = markdownTable(["", ...splits.map(({ name }) => name)], rows);
  return `${table}${notes.length === 0 ? "" : `\n${notes.join("\n")}\n`}`.trimEnd();
}

const sentences = (number: number): string => `${count(number)} ${number === 1 ? "sentence" : "sentences"}`;

/** Returns what the model is for, and where its errors are likely. */
export function usesText({ data, taskCard: { types: scores }, results }: CardFacts): string {
  const [train] = data!.splits;
  const types = Object.keys(train!.entities ?? scores ?? {}).sort();
  const finds =
    types.length === 0
      ? "This model finds entities in text."
      : `This model finds entities of ${types.length === 1 ? "the type" : "the types"} ${types.map(inline).join(", ")} in text.`;
  const f1 = results?.f1;
  const weak = Object.entries(scores ?? {})
    .filter(([, own]) => f1 !== undefined && own.support > 0 && own.f1 < f1 - WEAK)
    .sort(([, a], [, b]) => a.f1 - b.f1);
  const rare = Object.entries(train!.entities ?? {}).filter(([, number]) => number < RARE);
  const limits = [
    ...weak.map(
      ([type, own]) =>
        `- It is weak at ${inline(type)}: F1 ${rounded(own.f1)}, over all types ${rounded(f1!)}.`,
    ),
    ...rare.map(
      ([type, number]) =>
        `- It has seen few examples of ${inline(type)}: ${count(number)} in the training data.`,
    ),
    ...data!.leaked
      .filter((each) => each.count > 0)
      .map(
        (each) =>
          `- Its scores on the ${each.name.toLowerCase()} data are too high for new text: ${sentences(each.count)} of it ${each.count === 1 ? "is" : "are"} in the training data.`,
      ),
    "- Scores can be lower on text that differs from the training data.",
  ];
  return `${finds}\n\nLimitations:\n${limits.join("\n")}`;
}
