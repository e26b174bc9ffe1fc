import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type CardFacts, cardFacts, modelCard } from "../../src/card/index.js";
import { oneLine } from "../../src/card/text.js";
import { referenceEvents, referenceSettings } from "./referenceRun.js";

const python = process.env.NERIUM_PYTHON;
const facts = cardFacts(referenceSettings, referenceEvents);
const frontMatter = (card: string): string => card.split("\n---\n")[0]!.replace(/^---\n/, "");

/** Names of every kind: words of YAML, numbers, dates, markup, any character. */
const name = fc.oneof(
  fc.constantFrom(
    "no",
    "yes",
    "null",
    "~",
    "=",
    "<<",
    "1.0",
    "1e5",
    "0x1F",
    "1_000",
    "12:30:45",
    "2020-01-01",
    ".nan",
  ),
  fc.constantFrom(
    "---",
    "...",
    "- a",
    "a: b",
    "a #b",
    "#a",
    "!tag",
    "&a",
    "*a",
    "{a",
    "[a",
    "'a'",
    '"a"',
    "%a",
    "@a",
    "|",
    ">",
  ),
  fc.string({ unit: "binary", minLength: 1 }),
  fc.string({ minLength: 1, maxLength: 200 }),
);
const share = fc.double({ noNaN: true });
const anyFacts = fc
  .record({
    modelName: name,
    license: name,
    language: fc.array(name, { minLength: 1 }),
    tags: fc.array(name),
    dataset: name.filter((text) => /^\w/.test(oneLine(text)) && !/[/\\:]/.test(text)),
    datasetArgs: name,
    results: fc.record({ loss: share, precision: share, recall: share, f1: share, accuracy: share }),
  })
  .map((some): CardFacts => ({ ...facts, ...some }));

/** What the front matter should say, every name on one line. */
function expected({ modelName, license, language, tags, dataset, datasetArgs, results }: CardFacts): unknown {
  const line = (text: unknown): string => oneLine(text as string);
  const full = (list: unknown): string[] => (list as string[]).map(oneLine).filter((text) => text !== "");
  const metrics = {
    Precision: results!.precision,
    Recall: results!.recall,
    F1: results!.f1,
    Accuracy: results!.accuracy,
  };
  return {
    library_name: "transformers",
    ...(full(language).length > 0 && { language: full(language) }),
    ...(line(license) !== "" && { license: line(license) }),
    base_model: "roberta-large",
    tags: full(tags).includes("generated_from_trainer")
      ? full(tags)
      : [...full(tags), "generated_from_trainer"],
    datasets: [line(dataset)],
    metrics: ["precision", "recall", "f1", "accuracy"],
    pipeline_tag: "token-classification",
    "model-index": [
      {
        name: line(modelName),
        results: [
          {
            task: { name: "Token Classification", type: "token-classification" },
            dataset: {
              name: line(dataset),
              type: line(dataset),
              ...(line(datasetArgs) !== "" && { args: line(datasetArgs) }),
            },
            metrics: Object.entries(metrics).map(([metric, value]) => ({
              name: metric,
              type: metric.toLowerCase(),
              value,
            })),
          },
        ],
      },
    ],
  };
}

/** -0 and 0 are one value in JSON. */
const plain = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, part) =>
      typeof part === "number" && !Number.isFinite(part) ? `${part}` : part,
    ),
  );

describe("front matter", () => {
  it.each(["1.1", "1.2"] as const)(
    "says the same to a reader of YAML %s, whatever the facts are",
    (version) => {
      fc.assert(
        fc.property(anyFacts, (some) => {
          expect(plain(parse(frontMatter(modelCard(some)), { version }))).toEqual(plain(expected(some)));
        }),
        { numRuns: 300 },
      );
    },
  );

  it.skipIf(python === undefined)("says the same to PyYAML (needs NERIUM_PYTHON)", () => {
    const samples = fc.sample(anyFacts, 300);
    const script =
      "import json,sys,yaml;print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))";
    const input = JSON.stringify(samples.map((some) => frontMatter(modelCard(some))));
    const answer = execFileSync(python!, ["-c", script], { input, encoding: "utf8" });
    const read = JSON.parse(answer.replace(/-?Infinity|NaN/g, '"$&"')) as unknown[];
    for (const [index, some] of samples.entries()) expect(read[index]).toEqual(plain(expected(some)));
  });

  it("writes a score of 1 as a float", () => {
    const results = { loss: 0, precision: 1, recall: 1e-7, f1: 1.5e-7, accuracy: 0 };
    const text = frontMatter(modelCard({ ...facts, results }));
    expect(text.match(/value: .*/g)).toEqual([
      "value: 1.0",
      "value: 1.0e-07",
      "value: 1.5e-07",
      "value: 0.0",
    ]);
  });
});
