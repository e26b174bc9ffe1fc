import type { CardData } from "../../card/index.js";
import { dataSummary, leakedSentences, repeatedSentences, sentenceKeys } from "../../data/index.js";
import type { Prepared } from "../prepare/prepare.js";

/** Returns what a model card says about the data of a run. */
export function cardData({ train, validation, test }: Prepared): CardData {
  const evaluated = [
    { name: "Evaluation", split: validation },
    { name: "Test", split: test },
  ].flatMap(({ name, split }) => (split === undefined ? [] : [{ name, data: split.data }]));
  return {
    splits: [
      { name: "Training", ...train.summary() },
      ...evaluated.map(({ name, data }) => ({ name, ...dataSummary(data) })),
    ],
    repeated: repeatedSentences(train.keys()),
    leaked: evaluated.map(({ name, data }) => ({
      name,
      count: leakedSentences(train, { keys: () => sentenceKeys(data) }),
    })),
  };
}
