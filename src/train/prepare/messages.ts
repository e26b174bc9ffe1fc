import { counted } from "../../counted.js";
import { type DataFacts, type SpanProblem, severalDocuments } from "../../data/index.js";
import type { Recipe } from "../../recipe/index.js";
import type { Engine } from "../../runtime/index.js";
import { type Dataset, USUAL_RULES, type WordRules } from "../../text/index.js";
import type { CasedSentences } from "../examples/casedSentences.js";
import type { CutCounts } from "../examples/trainingData.js";
import type { WindowCache } from "../examples/windowCache/index.js";

/** A message to the user before training starts. */
export interface Message {
  readonly type: "warning" | "notice";
  readonly code: string;
  readonly message: string;
}

/** Warnings about data that do not mark where documents begin, if the recipe reads documents. */
export function contextWarnings(
  { context }: Recipe,
  train: Dataset | undefined,
  others: readonly (Dataset | undefined)[],
): Message[] {
  if (context === "none" || train === undefined) return [];
  const warning = (file: string, what: string): Message => ({
    type: "warning",
    code: "CONTEXT_NO_DOCUMENTS",
    message: `${file} does not mark where documents begin: ${what}.`,
  });
  if (!severalDocuments(train.sentences))
    return [warning(train.file, "training continues with context none")];
  return others
    .filter((data) => data !== undefined && !severalDocuments(data.sentences))
    .map((data) => warning(data!.file, "its sentences are read without context"));
}

/** Collects what reading says about the data. */
export class ReadingMessages {
  readonly #notes = new Set<string>();
  readonly #spans = new Map<string, { split: number; widened: number; dropped: number }>();

  readonly onNote = (note: string): void => {
    this.#notes.add(note);
  };

  readonly onProblem = ({ file, outcome }: SpanProblem): void => {
    const counts = this.#spans.get(file) ?? { split: 0, widened: 0, dropped: 0 };
    this.#spans.set(file, counts);
    counts[outcome === "refused" ? "dropped" : outcome]++;
  };

  get messages(): Message[] {
    const note = (message: string): Message => ({ type: "warning", code: "DATA_NOTE", message });
    const outcome = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);
    return [
      ...Array.from(this.#notes, note),
      ...Array.from(this.#spans, ([file, { split, widened, dropped }]) => {
        const outcomes = [
          ...outcome(split, "kept by splitting words"),
          ...outcome(widened, "widened to whole words"),
          ...outcome(dropped, "dropped"),
        ];
        return note(
          `${file}: entities that are not whole words: ${outcomes.join(", ")}. nerium convert lists them.`,
        );
      }),
    ];
  }
}

/** Says which rules for words the model takes over from its training data. */
export function wordMessages(file: string, words: WordRules, asked: Partial<WordRules>): Message[] {
  const notice = (message: string): Message => ({ type: "notice", code: "WORDS_FOUND", message });
  const isFound = (rule: keyof WordRules) => asked[rule] === undefined && words[rule] !== USUAL_RULES[rule];
  return [
    ...(isFound("unspaced")
      ? [
          notice(
            `${file}: words of scripts without spaces are single characters. The model will split texts the same way; unspaced_words changes this.`,
          ),
        ]
      : []),
    ...(isFound("hyphens")
      ? [
          notice(
            `${file}: hyphens are words of their own. The model will split texts the same way; hyphens changes this.`,
          ),
        ]
      : []),
  ];
}

/** Says where a run computes, if its recipe names a device. */
export const deviceNotice = (
  { device }: Pick<Recipe, "device">,
  { description }: Pick<Engine, "description">,
): Message[] =>
  device === "cpu"
    ? []
    : [{ type: "notice", code: "DEVICE", message: `The run computes on ${description}.` }];

/** Says what a run learns from, if it is not the data alone. */
export function teacherMessages({ teachers, distillationAlpha: alpha }: Recipe): Message[] {
  if (teachers === undefined) return [];
  const mean = teachers.length === 1 ? "the probabilities" : "the mean probabilities";
  const message = `The targets are ${mean} of ${counted(teachers.length, "teacher")}${alpha < 1 ? `, with a share of ${alpha}; the tags of the data have the rest` : ""}.`;
  return [{ type: "notice", code: "TEACHERS", message }];
}

export const cacheMessage = ({ folder, facts, wasThere }: WindowCache): Message => ({
  type: "notice",
  code: "DATASET_CACHED",
  message: `${facts.file}: ${wasThere ? counted(facts.sentences, "sentence is read from", "sentences are read from") : counted(facts.sentences, "sentence was written to", "sentences were written to")} the cache ${folder}.`,
});

export const casesMessage = (
  { inCapitals, isIdle }: CasedSentences,
  { file, sentences }: DataFacts,
): Message =>
  isIdle
    ? {
        type: "warning",
        code: "CASES_ALIKE",
        message: "case_augmentation has no effect: the tokenizer converts all text to lower case.",
      }
    : {
        type: "notice",
        code: "CASES_DRAWN",
        message: `${file}: ${inCapitals} of ${counted(sentences, "sentence")} ${inCapitals === 1 ? "is" : "are"} in capitals. Every epoch changes the case of some sentences at random.`,
      };

export function cutMessages(
  file: string,
  { truncatedWords, longSentences, wordsWithoutTokens }: CutCounts,
): Message[] {
  const messages: Message[] = [];
  if (truncatedWords > 0)
    messages.push({
      type: "warning",
      code: "WORDS_TRUNCATED",
      message: `${file}: at the end of ${counted(longSentences, "long sentence")}, ${counted(truncatedWords, "word is cut off and counts", "words are cut off and count")} as O.`,
    });
  else if (longSentences > 0)
    messages.push({
      type: "notice",
      code: "LONG_SENTENCES",
      message: `${file}: ${counted(longSentences, "sentence is too long for one window and is", "sentences are too long for one window and are")} split into overlapping windows.`,
    });
  if (wordsWithoutTokens > 0)
    messages.push({
      type: "warning",
      code: "WORDS_WITHOUT_PIECES",
      message: `${file}: ${counted(wordsWithoutTokens, "word has no tokens (for example, a control character) and counts", "words have no tokens (for example, control characters) and count")} as O.`,
    });
  return messages;
}
