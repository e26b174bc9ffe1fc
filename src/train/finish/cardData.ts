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
    ...(isHeld && { repeated: repeatedSentences(train.keys()) }),
    leaked: evaluated.map(({ name, data }) => ({
      name,
      count: leakedSentences(train, { keys: () => sentenceKeys(data) }),
    })),
  };
}
