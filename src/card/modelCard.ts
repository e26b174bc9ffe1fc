import { isHubName } from "../hub/names.js";
import type { EvaluationMetrics } from "../run/index.js";
import { isPath } from "./baseModel.js";
import { blocks, paragraph, section } from "./blocks.js";
import { dataText, usesText } from "./dataText.js";
import type { CardFacts, CardSettings } from "./facts.js";
import { hyperparameterList } from "./hyperparameters.js";
import { markdownTable } from "./markdownTable.js";
import { datasetNames, frontMatter } from "./metadata.js";
import { CURVES, cardPictures, SCORES } from "./pictures.js";
import { rounded } from "./pythonFloat.js";
import { inline, oneLine, prose } from "./text.js";
import { usageSection } from "./usage.js";

const COMMENT = `
<!-- This model card has been generated automatically by Nerium according to the information it had access to. You
should probably proofread and complete it, then remove this comment. -->
`;

/**
 * Returns the text of a model card (README.md of a model folder). It has the form of
 * `TrainingSummary.to_model_card` of transformers' modelcard.py, and is equal to it letter for letter where
 * the information is the same.
 */
export function modelCard(facts: CardFacts): string {
  const { nerium, onnxruntime, tokenizers, node } = facts.versions;
  const { usage, scores } = facts.taskCard;
  const isFull = facts.style === "full" && facts.data !== undefined;
  const pictures = Object.keys(cardPictures(facts));
  const picture = (name: string, shows: string) =>
    pictures.includes(name) ? `\n![${shows}](${name})\n` : "";
  return [
    frontMatter(facts),
    COMMENT,
    `\n# ${inline(facts.modelName)}\n\n`,
    `${introduction(facts)}\n`,
    isFull ? section(2, usageSection(usage === undefined)) : "",
    usage === undefined ? "" : section(2, usage),
    `\n## Model description\n\n${prose(facts.texts?.description)}\n`,
    `\n## Intended uses & limitations\n\n${prose(facts.texts?.uses ?? (isFull ? usesText(facts) : undefined))}\n`,
    `\n## Training and evaluation data\n\n${prose(facts.texts?.data ?? (isFull ? dataText(facts.data!) : undefined))}\n`,
    "\n## Training procedure\n",
    "\n### Training hyperparameters\n\nThe following hyperparameters were used during training:\n",
    hyperparameterList(facts.hyperparameters),
    endedEarly(facts),
    `\n### Training results\n${picture(CURVES, "Losses and F1 by step")}\n${resultsTable(facts)}\n`,
    scores === undefined ? "" : `${section(3, scores)}\n`,
    picture(SCORES, "F1 by entity type"),
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
  const { task, taskCard } = facts;
  const note = taskCard.resultsNote === undefined ? "" : `\n\n${paragraph(taskCard.resultsNote)}`;
  const results = facts.results
    ? `\nIt achieves the following results on the evaluation set:\n${metricsList(task, facts.results)}${note}`
    : "";
  return `${origin}${datasetPhrase(datasetNames(facts))}${results}${whereFrom(facts)}${savedWeights(facts)}${reading(facts)}`;
}

function reading({ hyperparameters: { documents } }: CardFacts): string {
  if (documents === undefined) return "";
  const separator = documents.contextSeparator ? ", each followed by a separator" : "";
  return `\n\nIt reads sentences in the context of their document: in windows of at most ${documents.contextEvalTokens} tokens with whole sentences${separator}.`;
}

/** Returns a link for a name on the hub, and the plain name for any other; a path is not printed. */
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

function metricsList({ metrics }: CardSettings["task"], results: EvaluationMetrics): string {
  return metrics.map(({ name, title }) => `- ${title}: ${rounded(results[name])}`).join("\n");
}

function whereFrom({ task, resultsOf }: CardFacts): string {
  if (resultsOf === undefined) return "";
  const when = `after epoch ${rounded(resultsOf.epoch)} (step ${resultsOf.step})`;
  if (resultsOf.bestBy === undefined) {
    return `\n\nThey were measured ${when}. The saved weights are those at the end of training.`;
  }
  return `\n\nThe saved weights are those ${when}, the best by ${titleOf(task, resultsOf.bestBy)}.`;
}

function savedWeights({ saved, hyperparameters: { emaDecay } }: CardFacts): string {
  if (saved === undefined) return "";
  const average = `exponential moving average of the training weights (ema_decay ${emaDecay})`;
  return saved === "average"
    ? `\n\nThe saved weights are an ${average}, which was better on the evaluation set than the weights themselves.`
    : `\n\nAn ${average} was also evaluated, but was not better on the evaluation set.`;
}

const titleOf = ({ metrics }: CardSettings["task"], metric: keyof EvaluationMetrics): string =>
  metrics.find(({ name }) => name === metric)!.title;

function endedEarly({ endedEarly: end }: CardFacts): string {
  if (end === undefined) return "";
  const how = end.reason === "early-stopping" ? "ended by early stopping" : "stopped";
  return `\nTraining was ${how} before its last step, after epoch ${rounded(end.epoch)} (step ${end.step}).\n`;
}

function resultsTable({ task, rows }: CardFacts): string {
  const { metrics: all, mainMetric } = task;
  /**
   * Extra columns for a run that kept an average of its weights. All other columns are of the better of the
   * two.
   */
  const compared = [all[0]!.name, mainMetric].flatMap((name) => [
    { name, weights: "last", header: `${titleOf(task, name)}, last weights` } as const,
    { name, weights: "average", header: `${titleOf(task, name)}, average` } as const,
  ]);
  const averaged = rows.some(({ compared }) => compared !== undefined);
  const headers = [
    "Training Loss",
    "Epoch",
    "Step",
    "Validation Loss",
    ...all.slice(1).map(({ title }) => title),
    ...(averaged ? compared.map(({ header }) => header) : []),
  ];
  return markdownTable(
    headers,
    rows.map(({ trainingLoss, epoch, step, metrics, compared: both }) => [
      trainingLoss === undefined ? "No log" : rounded(trainingLoss),
      rounded(epoch),
      `${step}`,
      ...all.map(({ name }) => rounded(metrics[name])),
      ...(averaged
        ? compared.map(({ weights, name }) => (both === undefined ? "" : rounded(both[weights][name])))
        : []),
    ]),
  );
}

function testSection({ task, test }: CardFacts): string {
  if (test === undefined) return "";
  const tables = test.scores === undefined ? "" : `\n${blocks(test.scores.blocks)}`;
  return `\n### Test results\n\nThe test set was scored once, after training:\n${metricsList(task, test.metrics)}\n${tables}\n`;
}
