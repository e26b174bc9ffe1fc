import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CardSettings, cardFacts, modelCard } from "../../src/card/index.js";
import { seqevalScores } from "../../src/evaluate/index.js";
import type { TrainEvent } from "../../src/run/events.js";
import type { RecordedEvent } from "../../src/run/index.js";
import { tokenClassificationFacts } from "../../src/tasks/tokenClassification/index.js";
import { referenceEvents, referenceSettings } from "./referenceRun.js";

const golden = (name: string): string => readFileSync(new URL(`goldens/${name}`, import.meta.url), "utf8");

interface HfCase {
  arguments: Record<string, number> & { lr_scheduler_type: string };
  history: Record<string, number>[];
  said: Record<string, string | string[]>;
  card: string;
}

/** The cases of hf-cards.py. The last one is the reference run. */
const { cards: hfCards } = JSON.parse(golden("hf-cards.json")) as { cards: HfCase[] };

/** A card without versions, the generator's comment, and the metadata that older HF did not write. */
function comparable(card: string): string {
  return card
    .replace(/<!--.*?-->/s, "<!-- -->")
    .replace(/^(library_name|base_model|pipeline_tag): .*\n/gm, "")
    .replace(/(### Framework versions\n\n).*/s, "$1");
}

/** A card of transformers 5 with the optimizer and the epochs as version 4 and Nerium write them. */
const inOurWords = (theirs: string): string =>
  theirs
    .replace(/optimizer: Use .* with (betas=.* and epsilon=\S+) and .*/, "optimizer: Adam with $1")
    .replace(/(num_epochs: \d+)\.0\n/, "$1\n");

const card = (
  settings: Partial<CardSettings> = {},
  events: readonly RecordedEvent[] = referenceEvents,
): string => modelCard(cardFacts({ ...referenceSettings, ...settings }, events));

describe("the reference run", () => {
  it("gives the card that is kept beside this test", async () => {
    await expect(card()).toMatchFileSnapshot("goldens/roberta-large_ner_conll2003.md.txt");
  });

  it("gives the card that transformers writes of it, apart from versions, comment and added metadata", () => {
    const { card: theirs } = hfCards.at(-1)!;
    expect(comparable(card({ modelName: "model-of-test" }))).toBe(comparable(inOurWords(theirs)));
  });

  it("gives the card of the best weights where those are loaded at the end, and the card says so", () => {
    const best = modelCard(
      cardFacts(referenceSettings, referenceEvents, { loadBestModelAtEnd: true, metricForBestModel: "f1" }),
    );
    expect(best).toContain("- F1: 0.9658\n");
    expect(best).toContain("The saved weights are those after epoch 4.0 (step 3512), the best by F1.\n");
  });
});

describe("tags that the largest logit does not give", () => {
  const argmax = seqevalScores([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "O"]]);
  const events = referenceEvents.map((event) => (event.type === "evaluation" ? { ...event, argmax } : event));
  const decoded = (own: object) => ({ hyperparameters: { ...referenceSettings.hyperparameters, ...own } });

  it("by a conditional random field or by Viterbi: the card says what other programs find", () => {
    expect(card(decoded({ crfLearningRate: 0.05 }), events)).toContain(
      "Programs that take the largest logit of each word instead find other tags, with F1 0.6667.\n",
    );
    expect(card(decoded({ crfLearningRate: 0.05 }), events)).toContain("\n## Tags in Python\n");
    expect(card(decoded({ decoding: "viterbi" }), events)).not.toContain("Tags in Python");
    expect(card(decoded({ decoding: "viterbi" }), events)).toContain(
      "that the tag scheme allows. With the largest logit of each word instead, F1 is 0.6667.\n",
    );
  });

  it("and says nothing of their F1 where it is not known", () => {
    expect(card(decoded({ crfLearningRate: 0.05 }))).toContain("find other tags.\n");
    expect(card(decoded({ decoding: "viterbi" }))).toContain("that the tag scheme allows.\n");
  });
});

/** A case of hf-cards.py as our settings and events. */
function fromHf({ arguments: args, history, said }: HfCase): [CardSettings, RecordedEvent[]] {
  const settings: CardSettings = {
    task: tokenClassificationFacts,
    modelName: "model-of-test",
    language: said.language,
    license: said.license as string,
    tags: said.tags,
    finetunedFrom: said.finetuned_from as string | undefined,
    dataset: said.dataset_tags,
    datasetArgs: said.dataset_args,
    hyperparameters: {
      learningRate: args.learning_rate!,
      trainBatchSize: args.train_batch_size!,
      evalBatchSize: args.eval_batch_size!,
      seed: args.seed!,
      gradientAccumulationSteps: args.gradient_accumulation_steps!,
      adamBeta1: args.adam_beta1!,
      adamBeta2: args.adam_beta2!,
      adamEpsilon: args.adam_epsilon!,
      lrSchedulerType: args.lr_scheduler_type,
      warmupSteps: args.warmup_steps!,
      numEpochs: args.num_train_epochs!,
      maxSteps: args.max_steps!,
      labelSmoothingFactor: args.label_smoothing_factor!,
    },
    versions: referenceSettings.versions,
  };
  const scores = seqevalScores([["O"]], [["O"]]);
  const events = history.map((entry): RecordedEvent => {
    const at = { epoch: entry.epoch!, step: entry.step! };
    if (entry.eval_loss === undefined) {
      return { type: "log", ...at, loss: entry.loss!, gradNorm: 1, learningRate: 1 };
    }
    const metrics = {
      loss: entry.eval_loss,
      precision: entry.eval_precision!,
      recall: entry.eval_recall!,
      f1: entry.eval_f1!,
      accuracy: entry.eval_accuracy!,
    };
    return {
      type: "evaluation",
      split: "validation",
      ...at,
      metrics,
      scores,
      strict: scores,
      scheme: "IOB2",
      seconds: 1,
      sentences: 1,
    };
  });
  return [settings, events];
}

describe("cards that transformers wrote", () => {
  it.each(hfCards.map((hf, index) => [index, hf] as const))("are ours too, run %d", (_, hf) => {
    expect(comparable(modelCard(cardFacts(...fromHf(hf))))).toBe(comparable(inOurWords(hf.card)));
  });

  it("have library_name and base_model where ours has them", () => {
    const keys = (card: string): string[] =>
      [...card.split("\n---\n")[0]!.matchAll(/^[\w-]+(?=:)/gm)].map(String);
    const [settings, events] = fromHf(hfCards[0]!);
    const ours = keys(modelCard(cardFacts(settings, events)));
    expect(ours.filter((key) => key !== "pipeline_tag")).toEqual(keys(hfCards[0]!.card));
  });
});

describe("modelCard", () => {
  it("takes the events of train/ as they are", () => {
    const events: readonly TrainEvent[] = [];
    const accepted: readonly RecordedEvent[] = events;
    expect(cardFacts(referenceSettings, accepted).rows).toEqual([]);
  });

  it.each([
    [undefined, "This model was trained from scratch on the conll2003 dataset."],
    [null, "This model is a fine-tuned version of a local model on the conll2003 dataset."],
    ["/home/someone/bert", "This model is a fine-tuned version of a local model on the conll2003 dataset."],
    ["C:\\models\\bert", "This model is a fine-tuned version of a local model on the conll2003 dataset."],
    ["../out/bert", "This model is a fine-tuned version of a local model on the conll2003 dataset."],
    ["our BERT, v2", "This model is a fine-tuned version of our BERT, v2 on the conll2003 dataset."],
    [
      "google-bert/bert-base-cased",
      "a fine-tuned version of [google-bert/bert-base-cased](https://huggingface.co/google-bert/bert-base-cased) on",
    ],
  ])("says where the model comes from without printing a path: %s", (finetunedFrom, sentence) => {
    const text = card({ finetunedFrom });
    expect(text).toContain(sentence);
    expect(text.includes("base_model:")).toBe(finetunedFrom === "google-bert/bert-base-cased");
  });

  it("prints no path of a data set", () => {
    const text = card({ dataset: "/home/someone/train.conll", datasetArgs: undefined });
    expect(text).toContain("on an unknown dataset.");
    expect(text).not.toContain("someone");
  });

  it("prints the author's texts in their sections", () => {
    const text = card({ texts: { description: "Finds *names*.\r\n\r\nWell.\n", uses: "", data: "CoNLL" } });
    expect(text).toContain(
      "\n## Model description\n\nFinds *names*.\n\nWell.\n\n## Intended uses & limitations\n",
    );
    expect(text).toContain("\n## Intended uses & limitations\n\nMore information needed\n\n## Training and");
    expect(text).toContain("\n## Training and evaluation data\n\nCoNLL\n\n## Training procedure\n");
  });

  it("says that a run ended early, and that its last evaluation is older than its weights", () => {
    const events: RecordedEvent[] = [
      ...referenceEvents.slice(0, -1),
      { type: "end", reason: "stopped", step: 4400, epoch: 5.01, seconds: 1 },
    ];
    expect(card({}, events)).toContain(
      "They were measured after epoch 5.0 (step 4390). The saved weights are those at the end of training.",
    );
    expect(card({}, events)).toContain(
      "Training was stopped before its last step, after epoch 5.01 (step 4400).",
    );
  });

  it("has sections for types, strict mode and test set where there is something to say", async () => {
    const gold = [["B-PER", "I-PER", "O", "B-a|b"]];
    const predicted = [["I-PER", "I-PER", "O", "B-a|b"]];
    const evaluation: RecordedEvent = {
      type: "evaluation",
      split: "validation",
      step: 10,
      epoch: 1,
      metrics: { loss: 0.25, precision: 1, recall: 1, f1: 1, accuracy: 0.75 },
      scores: seqevalScores(gold, predicted),
      strict: seqevalScores(gold, predicted, { mode: "strict", scheme: "IOB2" }),
      scheme: "IOB2",
      seconds: 1,
      sentences: 1,
    };
    const events: RecordedEvent[] = [evaluation, { ...evaluation, split: "test" }];
    const text = modelCard(cardFacts(referenceSettings, events, { detailed: true }));
    await expect(text).toMatchFileSnapshot("goldens/with-scores.md.txt");
  });

  it("stays one card whatever the names are", () => {
    const odd = "x\n---\n# y | z\n<script>alert(1)</script> [a](b) \"q\" 's': {";
    const text = card({
      modelName: odd,
      finetunedFrom: odd,
      dataset: [odd, "b"],
      language: odd,
      license: odd,
      tags: odd,
    });
    expect(text.split("\n").filter((line) => line === "---")).toHaveLength(2);
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
    expect(text.split("---\n")[2]).not.toContain("<script>");
    expect(text.split("---\n")[2]).not.toContain("[a](b)");
  });
});
