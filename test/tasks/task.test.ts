import { describe, expect, it } from "vitest";
import { evaluateTagger } from "../../src/infer/index.js";
import type { EvaluationPass } from "../../src/tasks/task.js";
import { tokenClassification } from "../../src/tasks/tokenClassification/index.js";

const labels = ["O", "B-PER", "I-PER"];
const task = tokenClassification({
  labels,
  labelAllTokens: false,
  labelSmoothing: 0,
  decoding: "argmax",
  evalBatchSize: 8,
});

/** A model whose largest logit at a token is the label of the token's id. */
const echo = {
  logits: async (sequences: readonly { readonly ids: Int32Array; readonly labelled: Int32Array }[]) =>
    sequences.map(({ ids, labelled }) =>
      Float32Array.from(
        Array.from(labelled).flatMap((at) => labels.map((_, id) => (ids[at] === id ? 9 : 0))),
      ),
    ),
};

describe("token classification", () => {
  it("trains on the labelled tokens of an example, each row with its share of the step", () => {
    const example = { inputIds: Int32Array.of(7, 8, 9), labels: Int32Array.of(-100, 2, -100) };
    expect(task.sequence(example)).toEqual({ ids: example.inputIds, labelled: Int32Array.of(1) });
    expect(task.weight([example, example])).toBe(2);
    expect(task.targets([example], 2)).toEqual([
      { name: "targets", dims: [1, 3], data: Float32Array.of(0, 0, 1) },
      { name: "rowWeights", dims: [1, 1], data: Float32Array.of(0.5) },
    ]);
  });

  it("scores words by the tokens that its windows own, and says of tags what seqeval does", async () => {
    const sentence = { words: ["Angela", "Merkel", "spoke"], tags: ["B-PER", "I-PER", "O"] };
    const data = { file: "f", sentences: [{ ...sentence, document: 0, line: 1 }], scheme: "IOB2" as const };
    const window = {
      inputIds: Int32Array.of(5, 1, 2, 1, 5),
      labels: Int32Array.of(-100, 1, 2, 0, -100),
      ownedTokens: Int32Array.of(1, 2, 3),
      ownedWords: [0, 1, 2].map((word) => ({ sentence: 0, word })),
    };
    const windowed = {
      windows: [window],
      stretches: [],
      truncatedWordsOf: [0],
      truncatedWords: 0,
      wordsWithoutTokens: [],
      longSentences: 0,
    };
    const { metrics, detail, predicted } = await evaluateTagger(echo, task, { data, windowed });
    expect(predicted.map(task.predictionLine)).toEqual(["B-PER I-PER B-PER"]);
    expect(metrics).toMatchObject({ precision: 0.5, recall: 1, accuracy: 2 / 3 });
    expect(Object.keys(metrics)).toEqual(task.metrics.map(({ name }) => name));
    expect(detail).toMatchObject({ scheme: "IOB2", scores: { types: { PER: { support: 1 } } } });
  });
});

describe("another task", () => {
  it("is evaluated by the same code: one class for each sentence, in metrics of its own", async () => {
    const classes = ["sports", "politics", "weather"];
    const byClass = {
      evaluation: (
        data: readonly { readonly id: number; readonly gold: string }[],
      ): EvaluationPass<Classes> => ({
        sequences: data.map(({ id }) => ({ ids: Int32Array.of(id), labelled: Int32Array.of(0) })),
        score(logits) {
          const predicted = logits.map((row) => classes[row.indexOf(Math.max(...row))]!);
          const right = predicted.filter((one, index) => one === data[index]!.gold).length;
          return { metrics: { accuracy: right / data.length }, detail: {}, predicted };
        },
      }),
    };
    interface Classes {
      readonly metrics: { readonly accuracy: number };
      readonly detail: object;
      readonly predicted: readonly string[];
    }
    const data = [
      { id: 0, gold: "sports" },
      { id: 2, gold: "politics" },
    ];
    const { metrics, predicted } = await evaluateTagger(echo, byClass, data);
    expect(predicted).toEqual(["sports", "weather"]);
    expect(metrics).toEqual({ accuracy: 0.5 });
  });
});
