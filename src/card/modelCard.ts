import { crfInPython } from "../crf/crfInPython.js";
import { isHubName } from "../hub/names.js";
import type { EvaluationMetrics } from "../run/index.js";
import { isPath } from "./baseModel.js";
import type { CardFacts, CardScores } from "./facts.js";
import { hyperparameterList } from "./hyperparameters.js";
import { markdownTable } from "./markdownTable.js";
import { datasetNames, frontMatter, METRICS } from "./metadata.js";
import { rounded } from "./pythonFloat.js";
import { scoresTables } from "./scoresTables.js";
import { inline, oneLine, prose } from "./text.js";

const COMMENT = `
<!-- This model card has been generated automatically by Nerium according to the information it had access to. You
should probably proofread and complete it, then remove this comment. -->
`;

/**
 * The text of a model card (README.md of a model folder): the form of `TrainingSummary.to_model_card` of
 * transformers' modelcard.py, letter for letter where the information is the same.
 */
export function modelCard(facts: CardFacts): string {
  const { nerium, onnxruntime, tokenizers, node } = facts.versions;
  const { crfLearningRate, documents } = facts.hyperparameters;
  return [
    frontMatter(facts),
    COMMENT,
    `\n# ${inline(facts.modelName)}\n\n`,
    `${introduction(facts)}\n`,
    crfLearningRate === undefined ? "" : crfInPython(documents !== undefined),
    `\n## Model description\n\n${prose(facts.texts?.description)}\n`,
    `\n## Intended uses & limitations\n\n${prose(facts.texts?.uses)}\n`,
    `\n## Training and evaluation data\n\n${prose(facts.texts?.data)}\n`,
    "\n## Training procedure\n",
    "\n### Training hyperparameters\n\nThe following hyperparameters were used during training:\n",
    hyperparameterList(facts.hyperparameters),
    endedEarly(facts),
    `\n### Training results\n\n${resultsTable(facts)}\n`,
    scoresSection("Scores by entity type", facts.scores),
    testSection(facts),
    "\n### Framework versions\n\n",
    ...Object.entries({
      Nerium: nerium,
      "ONNX Runtime": onnxruntime,
      Tokenizers: tokenizers,
      Node: node,
    }).map(([name, version]) => `- ${name} ${inline(version)}\n`),
  ].join("");
}

function introduction(facts: CardFacts): string {
  const origin =
    facts.finetunedFrom === undefined
      ? "This model was trained from scratch on "
      : `This model is a fine-tuned version of ${baseModel(facts.finetunedFrom)} on `;
  const results = facts.results
    ? `\nIt achieves the following results on the evaluation set:\n${metricsList(facts.results)}${decodedBy(facts)}`
    : "";
  return `${origin}${datasetPhrase(datasetNames(facts))}${results}${whereFrom(facts)}${savedWeights(facts)}${reading(facts)}`;
}

function reading({ hyperparameters: { documents } }: CardFacts): string {
  if (documents === undefined) return "";
  const separator = documents.contextSeparator ? ", a separator after each" : "";
  return `\n\nIt reads sentences together with those beside them in their document: windows of at most ${documents.contextEvalPieces} sub-tokens, whole sentences${separator}.`;
}

/** A link for a name on the hub, the bare name for any other, and no path. */
function baseModel(finetunedFrom: string | null): string {
  const name = oneLine(finetunedFrom ?? "");
  if (name === "" || isPath(name)) return "a local model";
  return isHubName(name) ? `[${name}](https://huggingface.co/${name})` : inline(name);
}

function datasetPhrase(datasets: readonly string[]): string {
  const each = datasets.map((dataset) => `the ${inline(dataset)}`);
  if (each.length === 0) return "an unknown dataset.";
  if (each.length === 1) return `${each[0]} dataset.`;
  return `${each.slice(0, -1).join(", ")} and ${each.at(-1)} datasets.`;
}

function metricsList(metrics: EvaluationMetrics): string {
  return METRICS.map(([key, name]) => `- ${name}: ${rounded(metrics[key])}`).join("\n");
}

/** Figures that the largest logit of each word does not give: the reader's program may decode so. */
function decodedBy({ argmaxF1, hyperparameters: { decoding, crfLearningRate } }: CardFacts): string {
  if (crfLearningRate !== undefined)
    return (
      "\n\nTags were decoded by a linear-chain conditional random field, whose transitions stand in `crf.safetensors` and which Nerium reads. The head itself gives its emissions: a program that takes the largest logit of each word finds other tags" +
      (argmaxF1 === undefined ? "." : `, with F1 ${rounded(argmaxF1)}.`)
    );
  if (decoding === undefined) return "";
  const alone =
    argmaxF1 === undefined ? "" : ` The largest logit of each word alone has F1 ${rounded(argmaxF1)}.`;
  return `\n\nTags were decoded with the Viterbi algorithm, as \`nerium evaluate --decoding viterbi\` does: each sentence got the most probable sequence of tags that the tag scheme allows.${alone}`;
}

function whereFrom({ resultsOf }: CardFacts): string {
  if (resultsOf === undefined) return "";
  const when = `after epoch ${rounded(resultsOf.epoch)} (step ${resultsOf.step})`;
  if (resultsOf.bestBy === undefined) {
    return `\n\nThey were measured ${when}; the saved weights are those of the end of training.`;
  }
  return `\n\nThe saved weights are those ${when}, the best by ${nameOf(resultsOf.bestBy)}.`;
}

function savedWeights({ saved, hyperparameters: { emaDecay } }: CardFacts): string {
  if (saved === undefined) return "";
  const average = `an exponential moving average of those of training (ema_decay ${emaDecay})`;
  return saved === "average"
    ? `\n\nThe saved weights are ${average}; of the last weights and their average it was the better on the evaluation set.`
    : `\n\nBeside the weights ${average} was kept, which was not better on the evaluation set.`;
}

function nameOf(metric: string): string {
  return METRICS.find(([key]) => key === metric)?.[1] ?? inline(metric);
}

function endedEarly({ endedEarly: end }: CardFacts): string {
  if (end === undefined) return "";
  const how = end.reason === "early-stopping" ? "early stopping ended it" : "it was stopped";
  return `\nTraining did not run to its last step: ${how} after epoch ${rounded(end.epoch)} (step ${end.step}).\n`;
}

/** Columns of a table whose run kept an average of its weights: the others are of the better of the two. */
const COMPARED = [
  ["last", "loss", "Loss, last weights"],
  ["average", "loss", "Loss, average"],
  ["last", "f1", "F1, last weights"],
  ["average", "f1", "F1, average"],
] as const;

function resultsTable({ rows }: CardFacts): string {
  const averaged = rows.some(({ compared }) => compared !== undefined);
  const headers = [
    "Training Loss",
    "Epoch",
    "Step",
    "Validation Loss",
    ...METRICS.slice(1).map(([, name]) => name),
    ...(averaged ? COMPARED.map(([, , header]) => header) : []),
  ];
  return markdownTable(
    headers,
    rows.map(({ trainingLoss, epoch, step, metrics, compared }) => [
      trainingLoss === undefined ? "No log" : rounded(trainingLoss),
      rounded(epoch),
      `${step}`,
      ...METRICS.map(([key]) => rounded(metrics[key])),
      ...(averaged
        ? COMPARED.map(([weights, key]) => (compared === undefined ? "" : rounded(compared[weights][key])))
        : []),
    ]),
  );
}

function scoresSection(title: string, scores: CardScores | undefined): string {
  return scores === undefined ? "" : `\n### ${title}\n\n${scoresTables(scores)}\n`;
}

function testSection({ test }: CardFacts): string {
  if (test === undefined) return "";
  const tables = test.scores === undefined ? "" : `\n${scoresTables(test.scores)}`;
  return `\n### Test results\n\nThe test set was scored once, after training:\n${metricsList(test.metrics)}\n${tables}\n`;
}
