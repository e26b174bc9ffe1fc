import { Scalar, type ScalarTag, stringify } from "yaml";
import { isHubName } from "../hub/names.js";
import { isPath } from "./baseModel.js";
import type { CardFacts } from "./facts.js";
import { pythonFloat } from "./pythonFloat.js";
import { list, names, oneLine } from "./text.js";

/**
 * Returns the metadata at the top of a card, between its two lines of `---`. Keys and layout are those of
 * `TrainingSummary` of transformers' modelcard.py and of PyYAML, plus `pipeline_tag`.
 */
export function frontMatter(facts: CardFacts): string {
  const language = names(facts.language);
  const license = names(facts.license);
  const base = facts.finetunedFrom ? oneLine(facts.finetunedFrom) : "";
  const datasets = datasetNames(facts);
  const { pipeline, metrics } = facts.task;
  const metadata = {
    library_name: "transformers",
    ...(language.length > 0 && { language: language.map(text) }),
    ...(license.length > 0 && { license: text(license[0]!) }),
    ...(isHubName(base) && { base_model: text(base) }),
    tags: cardTags(facts).map(text),
    ...(datasets.length > 0 && { datasets: datasets.map(text) }),
    ...(facts.results && { metrics: metrics.slice(1).map(({ name }) => name) }),
    pipeline_tag: pipeline.tag,
    "model-index": [{ name: text(oneLine(facts.modelName)), results: modelIndexResults(facts) }],
  };
  const yaml = stringify(metadata, {
    customTags: (tags) => [FLOAT, ...tags],
    compat: "yaml-1.1",
    indentSeq: false,
    lineWidth: 0,
    singleQuote: true,
    blockQuote: false,
  });
  return `---\n${yaml}---\n`;
}

/** Returns the names of the data sets, without paths, which mean nothing to others. */
export function datasetNames(facts: CardFacts): string[] {
  return datasetsAndArguments(facts).map(({ name }) => name);
}

function datasetsAndArguments(facts: CardFacts): { readonly name: string; readonly args: string }[] {
  const args = list(facts.datasetArgs);
  return list(facts.dataset)
    .map((name, index) => ({ name: oneLine(name), args: oneLine(args[index] ?? "") }))
    .filter(({ name }) => name !== "" && !isPath(name));
}

function cardTags(facts: CardFacts): string[] {
  const tags = names(facts.tags);
  return tags.includes("generated_from_trainer") ? tags : [...tags, "generated_from_trainer"];
}

/** One entry per data set; none if HF would drop it as incomplete. */
function modelIndexResults(facts: CardFacts): unknown[] {
  const { results, task } = facts;
  if (results === undefined) return [];
  const argumentsOf = new Map(datasetsAndArguments(facts).map(({ name, args }) => [name, args]));
  return [...argumentsOf].map(([name, args]) => ({
    task: { name: task.pipeline.name, type: task.pipeline.tag },
    dataset: { name: text(name), type: text(name), ...(args !== "" && { args: text(args) }) },
    metrics: task.metrics.slice(1).map(({ name, title }) => ({
      name: title,
      type: name,
      value: new Float(results[name]),
    })),
  }));
}

/**
 * A number that every reader takes as a float: `1.0`, and `1.0e-05`, which YAML 1.1 would not take as one
 * without the point.
 */
class Float {
  constructor(readonly value: number) {}
}

const FLOAT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => value instanceof Float,
  resolve: Number,
  // The tag is only for writing: it must match no text when reading.
  test: /(?!)/,
  stringify: ({ value }) => yamlFloat((value as Float).value),
};

function yamlFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";
  return pythonFloat(value).replace(/^(-?\d+)e/, "$1.0e");
}

/** A string, quoted if PyYAML would read it as something else (`=` and `<<` are special in YAML 1.1). */
function text(value: string): Scalar<string> {
  const scalar = new Scalar(value);
  if (value === "=" || value === "<<") scalar.type = Scalar.QUOTE_SINGLE;
  return scalar;
}
