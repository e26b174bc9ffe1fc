import { crfInPython } from "../../crf/index.js";
import type { EntityScores, SeqevalScores } from "../../evaluate/seqeval.js";
import { byCodePoint } from "../../text/codePoints.js";
import type { CardBlock, CardCell, CardDescription, CardText, TaskCard } from "../cardParts.js";
import type { TokenClassificationDetail } from "./evaluation.js";

/**
 * Returns the task's part of a model card: how tags were decoded, unless each word got the label with the
 * largest logit, and the scores per type in both of seqeval's modes.
 */
export const cardSection = (
  detail: TokenClassificationDetail | undefined,
  { crf, decoding, readsDocuments }: CardDescription,
): TaskCard => ({
  resultsNote: crf ? decodedByCrf(detail) : decoding && decodedByViterbi(detail),
  usage: crf ? crfInPython(readsDocuments) : undefined,
  types: detail?.scores.types,
  scores: detail && { heading: "Scores by entity type", blocks: scoresTables(detail) },
});

const decodedByCrf = (detail: TokenClassificationDetail | undefined): CardText => [
  "Tags were decoded by a linear-chain conditional random field. Nerium reads its transitions from `crf.safetensors`. Programs that take the largest logit of each word instead find other tags",
  ...(detail?.argmax === undefined ? ["."] : [", with F1 ", detail.argmax.micro.f1, "."]),
];

const decodedByViterbi = (detail: TokenClassificationDetail | undefined): CardText => [
  "Tags were decoded with the Viterbi algorithm, as `nerium evaluate --decoding viterbi` does: each sentence got the most probable sequence of tags that the tag scheme allows.",
  ...(detail?.argmax === undefined
    ? []
    : [" With the largest logit of each word instead, F1 is ", detail.argmax.micro.f1, "."]),
];

/** Returns two captioned tables of scores per type and averages: default mode, then strict mode. */
const scoresTables = ({ scores, strict, scheme }: TokenClassificationDetail): CardBlock[] => [
  { paragraph: ["seqeval, default mode (the figures above):"] },
  scoresTable(scores),
  { paragraph: [`seqeval, strict mode, ${scheme}:`] },
  scoresTable(strict),
];

function scoresTable({ types, micro, macro, weighted }: SeqevalScores): CardBlock {
  const row = (name: string, { precision, recall, f1, support }: EntityScores): CardCell[] => [
    name,
    precision,
    recall,
    f1,
    `${support}`,
  ];
  return {
    headers: ["Type", "Precision", "Recall", "F1", "Support"],
    rows: [
      ...Object.entries(types)
        .sort(([left], [right]) => byCodePoint(left, right))
        .map(([type, of]) => row(type, of)),
      row("micro avg", micro),
      row("macro avg", macro),
      row("weighted avg", weighted),
    ],
  };
}
