/**
 * Compares what Nerium's patterns find with what Presidio's find, on the corpus of the suite, and their speed. With a
 * model, also how much of the names leaks.
 *
 *     npm run bench:redact -- [--presidio PYTHON] [--model FOLDER] [--rounds 3]
 */
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { maskingScores, type TextSpan } from "../../src/evaluate/index.js";
import { load } from "../../src/infer/index.js";
import { Finder } from "../../src/redact/finder.js";
import { redactSettings } from "../../src/redact/index.js";
import { redact } from "../../src/redact/public.js";
import { patternTypes } from "../../src/redact/recognisers/index.js";
import { corpus, type MarkedText } from "../../test/redact/corpus/marked.js";
import { compared } from "../../test/redact/measure.js";

const { values } = parseArgs({
  options: {
    presidio: { type: "string" },
    model: { type: "string" },
    rounds: { type: "string", default: "3" },
  },
});
const rounds = Number(values.rounds);
const texts = [...corpus("situations"), ...corpus("generated")];
const units = texts.reduce((sum, { text }) => sum + text.length, 0);
/** Offsets of Python count code points. */
const inUnits = (text: string, found: readonly (TextSpan & { score: number })[]) => {
  const at = [0];
  for (const character of text) at.push(at.at(-1)! + character.length);
  return found.map((each) => ({ ...each, start: at[each.start]!, end: at[each.end]! }));
};

interface PresidioResult {
  readonly seconds: number;
  readonly findings: readonly (TextSpan & { score: number })[][];
}

function presidio(mode: string, input: readonly string[]): PresidioResult | undefined {
  if (values.presidio === undefined) return undefined;
  const { stdout, stderr, status } = spawnSync(
    values.presidio,
    ["-W", "ignore", join(import.meta.dirname, "presidio.py"), mode],
    { input: JSON.stringify(input), maxBuffer: 2 ** 28, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr.slice(-2000));
  return JSON.parse(stdout) as PresidioResult;
}

const settings = redactSettings("bench", {});
const finder = await Finder.load(settings, false);
const byPatterns = ({ type }: { type: string }) => patternTypes.includes(type);

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`);
console.log(`${texts.length} texts, ${units} UTF-16 units`);

function quality(name: string, found: readonly (readonly TextSpan[])[]) {
  const byText = new Map(texts.map(({ text }, index) => [text, found[index]!]));
  const result = compared(texts, (text) => byText.get(text)!, byPatterns);
  const gold = [...result.types.values()].reduce((sum, each) => sum + each.gold, 0);
  const hits = [...result.types.values()].reduce((sum, each) => sum + each.found, 0);
  console.log(`${name}: found ${hits} of ${gold}, ${result.wrong.length} false`);
  return result;
}

const own = texts.map(({ text }) => finder.joined(text, finder.patterns(text, ""), []));
const results: [string, ReturnType<typeof quality>][] = [["nerium", quality("nerium", own)]];
for (const mode of ["patterns", "all-patterns"]) {
  const theirs = presidio(
    mode,
    texts.map(({ text }) => text),
  );
  if (theirs === undefined) continue;
  for (const least of [0, 0.4]) {
    const found = theirs.findings.map((each, index) =>
      inUnits(
        texts[index]!.text,
        each.filter(({ score }) => score >= least),
      ),
    );
    const name = `presidio ${mode}, score >= ${least}`;
    results.push([name, quality(name, found)]);
  }
}

console.log(`\n| type | marks | ${results.map(([name]) => name).join(" | ")} |`);
console.log(`|---|--:|${results.map(() => "--:|").join("")}`);
for (const [type, { gold }] of [...results[0]![1].types].sort())
  console.log(
    `| ${type} | ${gold} | ${results.map(([, { types }]) => types.get(type)!.found).join(" | ")} |`,
  );

/** Long texts of prose with a few numbers, as people write them. */
const prose = Array.from({ length: 40 }, (_, part) =>
  texts
    .slice(part * 30, part * 30 + 30)
    .map(
      ({ text }) =>
        `${text} It was a long road that led to the door, and nobody knew why it had been closed for years.`,
    )
    .join("\n"),
);
const proseUnits = prose.reduce((sum, text) => sum + text.length, 0);
for (const [name, input] of [
  ["the corpus, text by text", texts.map(({ text }) => text)],
  ["pages of prose with numbers", prose],
] as const) {
  const size = input.reduce((sum, text) => sum + text.length, 0);
  const speeds: { nerium: number[]; presidio: number[] } = { nerium: [], presidio: [] };
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    let count = 0;
    while (performance.now() - started < 2000) {
      for (const text of input) finder.patterns(text, "");
      count++;
    }
    speeds.nerium.push((size * count) / ((performance.now() - started) / 1000));
    const theirs = presidio("speed", input);
    if (theirs !== undefined) speeds.presidio.push(size / theirs.seconds);
  }
  const middle = (all: readonly number[]) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
  const line = `${name}: nerium ${Math.round(middle(speeds.nerium))} characters/s`;
  console.log(
    values.presidio === undefined
      ? line
      : `${line}, presidio ${Math.round(middle(speeds.presidio))}, ratio ${(middle(speeds.nerium) / middle(speeds.presidio)).toFixed(1)}`,
  );
}

if (values.model !== undefined) {
  const ner = await load(values.model);
  const situations = corpus("situations");
  const masked = (found: readonly (readonly TextSpan[])[]) =>
    maskingScores(
      situations.map(({ text, gold }: MarkedText, index) => ({ text, gold, masked: found[index]! })),
    );
  const redacted = await redact(
    ner,
    situations.map(({ text }) => text),
  );
  const withModel = masked(redacted.map(({ entities }) => entities));
  const show = (name: string, { leak, overMasking, leaks }: ReturnType<typeof maskingScores>) =>
    console.log(
      `${name}: leak ${(100 * leak).toFixed(2)}%, over-masking ${(100 * overMasking).toFixed(2)}%; ${[
        "PERSON",
        "LOCATION",
        "ORGANIZATION",
      ]
        .map((type) => `${type} ${leaks[type]!.whole}/${leaks[type]!.spans}`)
        .join(", ")}`,
    );
  show("nerium with the model", withModel);
  const theirs = presidio(
    "model",
    situations.map(({ text }) => text),
  );
  if (theirs !== undefined)
    for (const least of [0, 0.4])
      show(
        `presidio with en_core_web_sm, score >= ${least}`,
        masked(
          theirs.findings.map((each, index) =>
            inUnits(
              situations[index]!.text,
              each.filter(({ score }) => score >= least),
            ),
          ),
        ),
      );
  const seconds: { redact: number[]; predict: number[] } = { redact: [], predict: [] };
  for (let round = 0; round <= rounds; round++) {
    let started = performance.now();
    await ner(prose.flatMap((text) => text.split("\n")));
    const predict = (performance.now() - started) / 1000;
    started = performance.now();
    await redact(ner, prose);
    const whole = (performance.now() - started) / 1000;
    if (round === 0) continue;
    seconds.redact.push(whole);
    seconds.predict.push(predict);
  }
  const best = (all: readonly number[]) => Math.min(...all);
  console.log(
    `with the model: redact ${Math.round(proseUnits / best(seconds.redact))} characters/s, predict ${Math.round(proseUnits / best(seconds.predict))}, ratio ${(best(seconds.predict) / best(seconds.redact)).toFixed(2)}`,
  );
  await ner.dispose();
}
