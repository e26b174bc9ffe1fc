import { ERROR_KINDS, SEMEVAL_MODES, type SemevalScores } from "../evaluate/index.js";
import { score, signedScore } from "../evaluate/score.js";
import { dotChart, reliabilityChart } from "../plot/index.js";
import type { EvaluationReport, ModelReport, PartScores, ReportedScores } from "./facts.js";

/** A table; the first column names the rows. */
export interface Table {
  readonly caption: string;
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A part of a section. Pages draw pictures, and Markdown leaves them out. */
export type Block =
  | { readonly paragraph: string }
  | { readonly table: Table }
  | { readonly name: string; readonly picture: string }
  /** A table of counts, coloured by their share of the row. */
  | { readonly matrix: Table };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** `1234567` → `1,234,567`. */
export const count = (value: number): string => value.toLocaleString("en-US");

const percent = (value: number): string => `${(100 * value).toFixed(1)}%`;

const between = ([low, high]: readonly [number, number]): string => `${score(low)} to ${score(high)}`;

/** The sections about all models together. */
export const commonSections = (report: EvaluationReport): Section[] => [overview(report), byType(report)];

/** The sections about one model. */
export const modelSections = (model: ModelReport): Section[] => [
  errorKinds(model),
  confusion(model),
  lengths(model),
  seen(model),
  calibration(model),
];

function overview(report: EvaluationReport): Section {
  const { models, unit, units, draws, seed } = report;
  const single = models.length === 1;
  const scores: Table = {
    caption: "Scores over all entities (seqeval, default mode)",
    headers: ["Model", "F1", "95% interval", "Precision", "Recall", "F1 strict", "Accuracy", "Loss"],
    rows: models.map(({ name, overall, strict, accuracy, loss }) => [
      name,
      score(overall.f1),
      between(overall.intervals.f1),
      score(overall.precision),
      score(overall.recall),
      score(strict.f1),
      score(accuracy),
      score(loss),
    ]),
  };
  const differences: Table = {
    caption: `Differences to ${models[0]!.name} (paired bootstrap)`,
    headers: ["Model", "Difference in F1", "95% interval", "Better in"],
    rows: models.flatMap(({ name, difference: own }) =>
      own === undefined
        ? []
        : [
            [
              name,
              signedScore(own.difference),
              `${signedScore(own.interval[0])} to ${signedScore(own.interval[1])}`,
              `${percent(own.better)} of draws`,
            ],
          ],
    ),
  };
  const data = `${count(report.sentences)} sentences, ${count(report.words)} words, ${entitiesText(report)}.`;
  const drawn = `Intervals are the middle 95% of ${count(draws)} draws from ${count(units)} ${unit} (bootstrap, seed ${seed}).`;
  return {
    title: "Overview",
    blocks: [
      { paragraph: `${report.files.join(", ")}: ${data}` },
      { table: scores },
      ...(single ? [] : [{ table: differences }]),
      { paragraph: drawn },
    ],
  };
}

function entitiesText({ entities }: EvaluationReport): string {
  const all = Object.entries(entities).sort(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, support]) => sum + support, 0);
  const each = all.map(([type, support]) => `${type} ${count(support)}`).join(", ");
  return `${count(total)} entities${each === "" ? "" : ` (${each})`}`;
}

function byType({ models }: EvaluationReport): Section {
  const types = [...new Set(models.flatMap((model) => Object.keys(model.types)))].sort();
  const dotOf = (scores: ReportedScores | undefined) =>
    scores && { value: scores.f1, interval: scores.intervals.f1 };
  const picture = dotChart({
    title: "F1 by type, with 95% intervals",
    rows: types.map((name) => ({ name, dots: models.map((model) => dotOf(model.types[name])) })),
    series: models.map(({ name }) => name),
    format: score,
  });
  return {
    title: "By type",
    blocks: [
      { name: "F1 by type", picture },
      ...models.map((model) => ({
        table: {
          caption: models.length === 1 ? "Scores by type" : `Scores by type, ${model.name}`,
          headers: ["Type", "F1", "95% interval", "Precision", "Recall", "Gold", "Predicted"],
          rows: types.flatMap((type) => {
            const scores = model.types[type];
            if (scores === undefined) return [];
            const { f1, intervals, precision, recall, support, predicted } = scores;
            const figures = [score(f1), between(intervals.f1), score(precision), score(recall)];
            return [[type, ...figures, count(support), count(predicted)]];
          }),
        },
      })),
    ],
  };
}

const KIND_TEXTS: Readonly<Record<string, string>> = {
  correct: "the same words and type",
  "wrong type": "the same words, another type",
  "wrong boundary": "overlapping words, the same type",
  "wrong type and boundary": "overlapping words, another type",
  missed: "a gold entity without an overlapping prediction",
  spurious: "a prediction without an overlapping gold entity",
};

function errorKinds({ kinds, semeval }: ModelReport): Section {
  const modeRow = (mode: string, each: SemevalScores): string[] => [
    mode,
    ...[each.correct, each.incorrect, each.partial, each.missed, each.spurious].map(count),
    ...[each.precision, each.recall, each.f1].map(score),
  ];
  return {
    title: "Kinds of errors",
    blocks: [
      {
        table: {
          caption:
            "Each gold entity is paired with at most one prediction that overlaps it, the most similar first",
          headers: ["Kind", "Count", "What it is"],
          rows: (["correct", ...ERROR_KINDS] as const).map((kind) => [
            kind,
            count(kinds[kind]),
            KIND_TEXTS[kind]!,
          ]),
        },
      },
      {
        table: {
          caption: "As SemEval-2013 counts: the same as nervaluate",
          headers: [
            "Mode",
            "Correct",
            "Incorrect",
            "Partial",
            "Missed",
            "Spurious",
            "Precision",
            "Recall",
            "F1",
          ],
          rows: SEMEVAL_MODES.map((mode) => modeRow(mode, semeval.overall[mode])),
        },
      },
      {
        paragraph:
          "strict: words and type must be the same. exact: the words must be the same. partial: an overlap counts half. type: an overlap with the same type counts.",
      },
    ],
  };
}

function confusion({ confusion: { types, counts } }: ModelReport): Section {
  const names = [...types, "O"];
  return {
    title: "Confusion of types",
    blocks: [
      {
        matrix: {
          caption: "Gold types in rows, predicted types in columns; O is no entity",
          headers: ["Gold", ...names],
          rows: names.map((name, row) => [
            name,
            ...counts[row]!.map((each, column) => (row === column && name === "O" ? "" : count(each))),
          ]),
        },
      },
    ],
  };
}

function lengths({ entityLengths, sentenceLengths }: ModelReport): Section {
  const rows = (parts: readonly PartScores[]): string[][] =>
    parts
      .filter(({ support, predicted }) => support + predicted > 0)
      .map(({ name, f1, precision, recall, support, predicted }) => [
        name,
        ...[f1, precision, recall].map(score),
        ...[support, predicted].map(count),
      ]);
  const figures = ["F1", "Precision", "Recall", "Gold", "Predicted"];
  return {
    title: "By length",
    blocks: [
      {
        table: {
          caption: "Entities by their number of words",
          headers: ["Words", ...figures],
          rows: rows(entityLengths),
        },
      },
      {
        table: {
          caption: "Entities by the number of words of their sentence",
          headers: ["Words", ...figures],
          rows: rows(sentenceLengths),
        },
      },
    ],
  };
}

function seen({ seen: known }: ModelReport): Section {
  const title = "Seen in training";
  if ("unknown" in known)
    return { title, blocks: [{ paragraph: `${known.unknown} Name it with --train to see this section.` }] };
  return {
    title,
    blocks: [
      {
        table: {
          caption: "Gold entities by whether the same words are an entity in the training data",
          headers: ["Words of the entity", "Recall", "Gold"],
          rows: known.map(({ name, recall, support }) => [
            name,
            support === 0 ? "-" : score(recall),
            count(support),
          ]),
        },
      },
    ],
  };
}

function calibration({ calibration: { entities, words } }: ModelReport): Section {
  const filled = entities.bins.filter((bin) => bin.count > 0);
  return {
    title: "Confidence",
    blocks: [
      {
        paragraph: `Expected calibration error: ${score(entities.error)} over ${count(entities.count)} predicted entities, ${score(words.error)} over ${count(words.count)} words. It is 0 if, of the entities with confidence 0.9, 90% are right.`,
      },
      { name: "Right by confidence", picture: reliabilityChart("Share that is right", entities.bins) },
      {
        table: {
          caption: "Predicted entities by confidence",
          headers: ["Confidence", "Entities", "Mean confidence", "Right"],
          rows: filled.map(({ from, to, count: number, confidence, accuracy }) => [
            `${from.toFixed(1)} to ${to.toFixed(1)}`,
            count(number),
            score(confidence),
            score(accuracy),
          ]),
        },
      },
    ],
  };
}
