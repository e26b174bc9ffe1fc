import type { EntityScores, SeqevalScores } from "../evaluate/seqeval.js";
import { byCodePoint } from "../text/codePoints.js";
import type { CardScores } from "./facts.js";
import { markdownTable } from "./markdownTable.js";
import { rounded } from "./pythonFloat.js";
import { inline } from "./text.js";

/** Scores per type and their averages, in default and in strict mode, each named. */
export function scoresTables({ default: lenient, strict, scheme }: CardScores): string {
  return [
    "seqeval, default mode (the figures above):\n",
    scoresTable(lenient),
    `seqeval, strict mode, ${inline(scheme)}:\n`,
    scoresTable(strict),
  ].join("\n");
}

function scoresTable(scores: SeqevalScores): string {
  const row = (name: string, of: EntityScores): string[] => [
    name,
    ...[of.precision, of.recall, of.f1].map(rounded),
    `${of.support}`,
  ];
  return markdownTable(
    ["Type", "Precision", "Recall", "F1", "Support"],
    [
      ...Object.entries(scores.types)
        .sort(([left], [right]) => byCodePoint(left, right))
        .map(([type, of]) => row(inline(type), of)),
      row("micro avg", scores.micro),
      row("macro avg", scores.macro),
      row("weighted avg", scores.weighted),
    ],
  );
}
