import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type CardData,
  type CardSettings,
  cardFacts,
  cardPictures,
  modelCard,
} from "../../src/card/index.js";
import { dataSummary, leakedSentences, repeatedSentences, sentenceKeys } from "../../src/data/index.js";
import { fixed } from "../../src/evaluate/fixed.js";
import { score } from "../../src/evaluate/score.js";
import { filesToUpload } from "../../src/hub/uploadedFiles.js";
import type { RecordedEvent } from "../../src/run/index.js";
import { float32 } from "../../src/track/tensorboard/events.js";
import { train } from "../../src/train/index.js";
import { tinyModel } from "../train/tinyModel.js";
import { referenceEvents, referenceSettings } from "./referenceRun.js";

const data: CardData = {
  splits: [
    { name: "Training", sentences: 1000, words: 9000, documents: 10, entities: { PER: 500, "A|B": 7 } },
    { name: "Evaluation", sentences: 100, words: 900, documents: 1, entities: { PER: 50 } },
  ],
  repeated: 3,
  leaked: [{ name: "Evaluation", count: 1 }],
};
const types = {
  PER: { precision: 0.9, recall: 0.9, f1: 0.9, support: 50 },
  "A|B": { precision: 0.5, recall: 0.5, f1: 0.5, support: 4 },
};
const scored = referenceEvents.map(
  (event): RecordedEvent =>
    event.type === "evaluation" ? { ...event, scores: { ...event.scores, types } } : event,
);
const facts = (settings: Partial<CardSettings> = {}, events = scored) =>
  cardFacts({ ...referenceSettings, style: "full", data, ...settings }, events);
const sectionOf = (card: string, heading: string) => card.split(`## ${heading}\n`)[1]!.split(/\n## /)[0]!;

describe("a full card", () => {
  it("says what the data sets contain, and what is repeated", () => {
    expect(sectionOf(modelCard(facts()), "Training and evaluation data")).toBe(`
|           | Training | Evaluation |
|:---------:|:--------:|:----------:|
| Sentences | 1,000    | 100        |
| Words     | 9,000    | 900        |
| Documents | 10       | 1          |
| Entities  | 507      | 50         |
| A\\|B      | 7        | 0          |
| PER       | 500      | 50         |

- 3 sentences of the training data repeat an earlier one.
- 1 sentence of the evaluation data also occurs in the training data.
`);
  });

  it("says what the model finds, and what it is weak at", () => {
    expect(sectionOf(modelCard(facts()), "Intended uses & limitations")).toBe(`
This model finds entities of the types A\\|B, PER in text.

Limitations:
- It is weak at A\\|B: F1 0.5, over all types 0.9657.
- It has seen few examples of A\\|B: 7 in the training data.
- Its scores on the evaluation data are too high for new text: 1 sentence of it is in the training data.
- Scores can be lower on text that differs from the training data.
`);
  });

  it("keeps the texts of the recipe", () => {
    const card = modelCard(facts({ texts: { uses: "For tests.", data: "Made up." } }));
    expect(sectionOf(card, "Intended uses & limitations")).toBe("\nFor tests.\n");
    expect(sectionOf(card, "Training and evaluation data")).toBe("\nMade up.\n");
  });

  it("shows curves and scores by type, which are files that stand alone", () => {
    const pictures = cardPictures(facts());
    const card = modelCard(facts());
    expect(Object.keys(pictures)).toEqual(["curves.svg", "scores.svg"]);
    for (const [name, picture] of Object.entries(pictures)) {
      expect(card).toContain(`](${name})`);
      expect(picture).toContain("@media (prefers-color-scheme:dark)");
    }
    expect(pictures["scores.svg"]).toContain("A|B 0.5000");
  });

  it("averages the losses of a long run, so that the picture stays small", () => {
    const logs = Array.from({ length: 100_000 }, (_, index): RecordedEvent => {
      const step = index + 1;
      return { type: "log", step, epoch: 1, loss: step % 2, gradNorm: 1, learningRate: 1 };
    });
    const picture = cardPictures(facts({}, [...logs, ...scored.filter(({ type }) => type === "evaluation")]));
    expect(picture["curves.svg"]!.length).toBeLessThan(20_000);
    const [, path] = /class="curve s0" d="([^"]+)"/.exec(picture["curves.svg"]!)!;
    // Each point is the mean of 250 losses that are 0 and 1 in turn: a level line.
    expect(
      new Set(
        path!
          .split(/[ML]/)
          .slice(1)
          .map((point) => point.split(",")[1]),
      ).size,
    ).toBe(1);
  });

  it("has no picture of what a run did not measure", () => {
    const events = scored.filter(({ type }) => type !== "evaluation" && type !== "log");
    expect(cardPictures(facts({}, events))).toEqual({});
    expect(modelCard(facts({}, events))).not.toContain(".svg");
  });

  it("has the mean loss of the steps so far where nothing was logged yet", () => {
    const of = (style: CardSettings["style"]) => {
      const [first, ...rest] = scored.filter(({ type }) => type === "evaluation");
      const log = { type: "log", step: 900, epoch: 1.5, loss: 0.25, gradNorm: 1, learningRate: 1 } as const;
      const events = [{ ...first!, lossSoFar: 0.5 } as RecordedEvent, log, ...rest];
      const rows = modelCard(facts({ style }, events)).split("\n");
      return rows.flatMap((line) => /^\| ([\d.]+|No log) +\| [\d.]+ +\| \d+ /.exec(line)?.[1] ?? []);
    };
    expect(of("full").slice(0, 2)).toEqual(["0.5", "0.25"]);
    expect(of("trainer").slice(0, 2)).toEqual(["No log", "0.25"]);
  });
});

describe("a card in Trainer's style", () => {
  it("is that without a style", () => {
    const plain = modelCard(cardFacts(referenceSettings, scored));
    expect(modelCard(facts({ style: "trainer" }))).toBe(plain);
    expect(cardPictures(facts({ style: "trainer" }))).toEqual({});
  });
});

it("every place prints the same last digit of a score", () => {
  for (let index = 0; index < 3000; index++) {
    const value = index % 3 === 0 ? index / 3200 : Math.sin(index) ** 2;
    const shown = score(value);
    expect(fixed(float32(value), 4)).toBe(shown);
    const perType = { PER: { ...types.PER, f1: value } };
    if (index % 50 > 0) continue;
    const events = scored.map((event) =>
      event.type === "evaluation"
        ? { ...event, metrics: { ...event.metrics, f1: value }, scores: { ...event.scores, types: perType } }
        : event,
    );
    const [, inCard] = /- F1: (\S+)\n/.exec(modelCard(facts({}, events)))!;
    expect(Number(inCard)).toBe(Number(shown));
    expect(cardPictures(facts({}, events))["scores.svg"]).toContain(`PER ${shown}`);
  }
});

describe("summaries of data", () => {
  const sentence = (text: string, document = 0) => ({
    words: text.split(" "),
    tags: text.split(" ").map((word) => (word === "Ada" ? "B-PER" : "O")),
    document,
    line: 1,
  });
  const long = "Ada wrote the first program";
  const set = {
    file: "a.conll",
    scheme: "IOB2" as const,
    sentences: [sentence(long), sentence("Ada wrote"), sentence("Ada wrote", 1), sentence(long, 1)],
  };

  it("count sentences, words, documents and entities", () => {
    expect(dataSummary(set)).toMatchObject({
      sentences: 4,
      words: 14,
      documents: 2,
      entities: { PER: 4 },
      lengths: { longest: 5 },
    });
  });

  it("count long sentences that occur again", () => {
    const keys = () => sentenceKeys(set);
    expect(repeatedSentences(keys())).toBe(1);
    const other = {
      ...set,
      sentences: [sentence(long), sentence("Ada wrote"), sentence("She wrote it in 1843")],
    };
    expect(leakedSentences({ keys }, { keys: () => sentenceKeys(other) })).toBe(1);
  });
});

describe("a run", () => {
  it("writes the pictures beside its card, and push uploads them", async () => {
    const { recipe, folder } = await tinyModel();
    for (const [cardStyle, pictures] of [
      ["full", ["curves.svg", "scores.svg"]],
      ["trainer", []],
    ] as const) {
      const output = join(folder, cardStyle);
      await train(recipe({ output, cardStyle, loggingSteps: 1 })).result();
      const { uploaded } = await filesToUpload(output);
      expect(uploaded.filter((name) => name.endsWith(".svg"))).toEqual(pictures);
      expect(readdirSync(output).filter((name) => name.endsWith(".svg"))).toEqual(pictures);
      expect(readFileSync(join(output, "README.md"), "utf8").includes("curves.svg")).toBe(
        pictures.length > 0,
      );
    }
    rmSync(folder, { recursive: true });
  });
});
