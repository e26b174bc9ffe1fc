import type { CardData } from "../../card/index.js";
import {
  dataSummary,
  factsSummary,
  leakedSentences,
  repeatedSentences,
  sentenceKeys,
} from "../../data/index.js";
import { InMemoryTraining } from "../examples/trainingData.js";
import type { Prepared } from "../prepare/prepare.js";

/** Hashes of more sentences are not kept to find those that repeat. */
const MOST_COMPARED = 10_000_000;

/** Returns what a model card says about the data of a run. */
export function cardData({ train, validation, test }: Prepared): CardData {
  const isHeld = train instanceof InMemoryTraining;
  const evaluated = [
    { name: "Evaluation", split: validation },
    { name: "Test", split: test },
  ].flatMap(({ name, split }) => (split === undefined ? [] : [{ name, data: split.data }]));
  return {
    splits: [
      { name: "Training", ...(isHeld ? dataSummary(train.data) : factsSummary(train.facts)) },
      ...evaluated.map(({ name, data }) => ({ name, ...dataSummary(data) })),
    ],
    ...(isHeld && train.facts.sentences <= MOST_COMPARED && { repeated: repeatedSentences(train.keys()) }),
    leaked: evaluated.map(({ name, data }) => ({
      name,
      count: leakedSentences(train, { keys: () => sentenceKeys(data) }),
    })),
  };
}
