/** F1 by the amount of data, with intervals, and what more data brings. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { readDataset } from "../../src/data/index.js";
import type { UnitCounts } from "../../src/evaluate/index.js";
import { curveRuns } from "../../src/improve/curve/curveRuns.js";
import { curvePoints } from "../../src/improve/curve/points.js";
import { f1With, powerLaw } from "../../src/improve/curve/powerLaw.js";
import {
  type FollowRun,
  type LearningCurve,
  type LearningCurveOptions,
  learningCurve,
  learningCurveDryRun,
} from "../../src/improve/index.js";
import type { TrainListener } from "../../src/run/index.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";
import { randomFrom } from "./damage.js";

const SHARES = [0.2, 0.4, 0.8];

let tiny: Awaited<ReturnType<typeof tinyModel>>;
let found: LearningCurve;
const parts: { words: string[]; documents: number }[] = [];
const at = (...names: string[]) => join(tiny.folder, ...names);
const curve = (output: string, options: LearningCurveOptions = {}) =>
  learningCurve(tiny.recipe({ output: at(output), learningRate: 1e-2, numTrainEpochs: 3 }), {
    shares: SHARES,
    seeds: [1, 2],
    ...options,
  });
const textOf = ({ words }: { readonly words: readonly string[] }) => words.join(" ");
const result = (folder: string) =>
  readFileSync(at(folder, "curve.json"), "utf8").replaceAll(at(folder), "FOLDER");

beforeAll(async () => {
  tiny = await tinyModel({ num_hidden_layers: 1 });
  found = await curve("curve", {
    async follow({ recipe, start }) {
      const { sentences } = await readDataset(recipe.train!);
      parts.push({
        words: sentences.map(textOf),
        documents: new Set(sentences.map((each) => each.document)).size,
      });
      return start({ listeners: [] }).result();
    },
  });
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

describe("a learning curve", () => {
  it("trains on parts of whole documents, and never on what it is measured on", async () => {
    const { sentences } = await readDataset(tiny.files.train);
    const documentOf = new Map(sentences.map((each) => [textOf(each), each.document]));
    expect(parts).toHaveLength(6);
    const largest = parts.at(-1)!.words;
    for (const { words } of parts) {
      const documents = new Set(words.map((text) => documentOf.get(text)));
      const whole = sentences.filter(({ document }) => documents.has(document));
      expect(words).toEqual(whole.map(textOf));
      expect(words.filter((text) => !largest.includes(text))).toEqual([]);
    }
    expect(found.heldOut.sentences).toBe(sentences.length - largest.length);
    expect(found.heldOut.unit).toBe("documents");
    const [first, second] = parts;
    expect(first!.words).not.toEqual(second!.words);
    for (const [index, { sentences: mean }] of found.points.entries()) {
      const own = parts.slice(2 * index, 2 * index + 2).map(({ words }) => words.length);
      expect(mean).toBe((own[0]! + own[1]!) / 2);
      expect(Math.abs(mean - SHARES[index]! * sentences.length)).toBeLessThan(0.06 * sentences.length);
    }
  });

  it("has F1 with intervals for each share, by type", () => {
    for (const { f1, interval, runs, standardDeviation, types } of found.points) {
      expect(f1).toBeCloseTo((runs[0]! + runs[1]!) / 2, 12);
      expect(interval[0]).toBeLessThanOrEqual(f1);
      expect(interval[1]).toBeGreaterThanOrEqual(f1);
      expect(standardDeviation).toBeCloseTo(Math.abs(runs[0]! - runs[1]!) / Math.SQRT2, 12);
      expect(Object.keys(types)).toEqual(Object.keys(found.types));
    }
    expect(found.points.map(({ share }) => share)).toEqual(SHARES);
    expect(readFileSync(found.picture, "utf8")).toMatch(/^<svg[\s\S]*class="whisker s0"/);
  });

  it("keeps no models, and trains nothing once it is finished", async () => {
    expect(readdirSync(at("curve")).filter((name) => !name.endsWith(".json"))).toEqual(["curve.svg"]);
    const before = result("curve");
    await curve("curve", { follow: () => Promise.reject(new Error("trained")) });
    expect(result("curve")).toBe(before);
  });

  it("ends with the same result after interruptions", async () => {
    let stops = 0;
    for (let done = false; !done; ) {
      const stop = new AbortController();
      let steps = 0;
      done = await curve("stopped", {
        signal: stop.signal,
        follow: ({ start }) =>
          start({
            listeners: [
              (event) => {
                if (event.type === "step" && ++steps === 7 + 2 * stops) stop.abort();
              },
            ],
          }).result(),
      }).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: "IMPROVE_STOPPED", where: at("stopped") });
          return false;
        },
      );
      if (!done) stops++;
    }
    expect(stops).toBeGreaterThan(2);
    expect(result("stopped")).toBe(result("curve"));
    expect(readFileSync(at("stopped", "curve.svg"))).toEqual(readFileSync(at("curve", "curve.svg")));
  });

  it("names the data in its messages, not the files of its parts", async () => {
    const train = at("odd.conll");
    const text = readFileSync(tiny.files.train, "utf8").replaceAll("-DOCSTART- O\n\n", "");
    // In every part, a word with a character that cannot be seen.
    writeFileSync(train, text.replaceAll(" O\n\n", "\u200b O\n\n"));
    const told: string[] = [];
    const listener: TrainListener = (event) => {
      if (event.type === "warning") told.push(event.message);
    };
    const recipe = tiny.recipe({ train, output: at("odd"), numTrainEpochs: 1 });
    const options = { shares: [0.3, 0.6], seeds: [1] };
    const follow: FollowRun = ({ start }) => start({ listeners: [listener] }).result();
    await learningCurve(recipe, { ...options, follow });
    const dry = told.length;
    await learningCurveDryRun(recipe, options, { listeners: [listener] });
    for (const some of [told.slice(0, dry), told.slice(dry)])
      expect(some).toEqual(expect.arrayContaining([expect.stringMatching(/odd\.conll:\d+/)]));
    expect(told.join("\n")).not.toMatch(/\.jsonl|scratch/);
  });

  it("refuses another plan, and damaged predictions", async () => {
    await expect(curve("curve", { seeds: [1] })).rejects.toMatchObject({
      code: "IMPROVE_PLAN_CHANGED",
      message: expect.stringContaining("other seeds"),
    });
    const file = at("stopped", "share-0.2-seed-1.json");
    writeFileSync(file, '{"predicted": [[]]}');
    await expect(curve("stopped")).rejects.toMatchObject({
      code: "IMPROVE_PREDICTIONS_DAMAGED",
      where: file,
    });
    await expect(curve("no", { shares: [0.4, 0.2] })).rejects.toMatchObject({
      code: "PACKAGE_OPTION_INVALID",
    });
    expect(existsSync(at("no"))).toBe(false);
  });
});

it("takes smaller parts from larger ones", async () => {
  const data = await readDataset(tiny.files.train);
  const runs = curveRuns(data, { shares: [0.1, 0.3, 0.9], seeds: [5], all: data.sentences.length });
  expect(runs.map(({ sentences }) => sentences.length)).toEqual([
    ...runs.slice(0, 2).map(({ sentences }) => sentences.length),
    data.sentences.length,
  ]);
  const sets = runs.map(({ sentences }) => new Set(sentences));
  for (const sentence of sets[0]!) expect(sets[1]!.has(sentence)).toBe(true);
});

describe("a power law", () => {
  it("is found again", () => {
    const law = { limit: 0.93, factor: 2.5, exponent: 0.5 };
    const sizes = [100, 200, 400, 800, 1600];
    const again = powerLaw(sizes.map((sentences) => ({ sentences, f1: f1With(law, sentences) })));
    for (const sentences of [...sizes, 1700, 5000])
      expect(f1With(again, sentences)).toBeCloseTo(f1With(law, sentences), 2);
  });

  it("never falls, and stays below 1", () => {
    const falling = powerLaw(
      [100, 200, 400].map((sentences, index) => ({ sentences, f1: 0.8 - 0.1 * index })),
    );
    expect(falling.factor).toBe(0);
    const steep = powerLaw([100, 200, 400].map((sentences, index) => ({ sentences, f1: 0.3 + 0.3 * index })));
    expect(f1With(steep, 1e9)).toBeLessThanOrEqual(1);
  });
});

describe("the forecast", () => {
  const next = randomFrom(3);
  /** Units with ten entities each, of which a share is found. */
  const measured = (f1s: readonly number[], units = 200) =>
    curvePoints(
      f1s.map((f1, index) => ({
        share: 0.1 * 2 ** index,
        sentences: [100 * 2 ** index, 100 * 2 ** index],
        counts: [0, 1].map(() =>
          Array.from({ length: units }, (): UnitCounts => {
            const correct = Array.from({ length: 10 }, next).filter((each) => each < f1).length;
            return new Map([["PER", { gold: 10, predicted: 10, correct }]]);
          }),
        ),
      })),
      1000,
    ).next;

  it("is near the truth, and its interval contains it", () => {
    const law = { limit: 0.95, factor: 4, exponent: 0.5 };
    const forecast = measured([100, 200, 400, 800].map((sentences) => f1With(law, sentences)));
    const truth = f1With(law, 1100) - f1With(law, 1000);
    expect(forecast).toMatchObject({ gain: expect.any(Number) });
    const { gain, interval } = forecast as Extract<typeof forecast, { gain: number }>;
    expect(Math.abs(gain - truth)).toBeLessThan(truth);
    expect(interval[0]).toBeLessThanOrEqual(truth);
    expect(interval[1]).toBeGreaterThanOrEqual(truth);
  });

  it.each([
    ["F1 does not clearly rise with more data", [0.8, 0.81, 0.79, 0.8]],
    ["F1 does not follow a power law", [0.5, 0.4, 0.9, 0.7]],
    ["it needs three shares or more", [0.5, 0.6]],
  ])("is not given: %s", (unknown, f1s) => {
    expect(measured(f1s)).toEqual({ unknown });
  });
});

describe("nerium data curve", () => {
  const ran = async (...more: string[]) => {
    const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
    const args = ["data", "curve", tiny.files.train, "--model", tiny.encoder, "--output", at("curve")];
    const flags = ["--learning-rate", "1e-2", "--num-train-epochs", "3", "--threads", "2"];
    const batch = ["--per-device-train-batch-size", "16"];
    const code = await nerium([...args, ...flags, ...batch, ...more], io);
    return { code, out: stdout.text.replaceAll(tiny.folder, "DIR"), err: stderr.text };
  };
  const same = ["--shares", "20,40,80", "--seeds", "1,2"];

  it("prints F1 by share and type, and what comes next", async () => {
    const { code, out } = await ran(...same);
    expect(code).toBe(0);
    expect(out).toMatch(/^data +sentences +mean F1 +95% +deviation( +[A-Z]+)+$/m);
    const [first] = found.points;
    expect(out).toMatch(new RegExp(`^20% +\\d+ +${first!.f1.toFixed(4)} +0\\.\\d+ to 0\\.\\d+ `, "m"));
    expect(out).toMatch(
      /^next {6}(100 sentences more than the 96|What more sentences would bring is not known)/m,
    );
    expect(out).toContain("picture   DIR/curve/curve.svg");
  });

  it("prints one object with --json", async () => {
    const { code, out, err } = await ran(...same, "--json", "--quiet");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(
      JSON.parse(result("curve").replaceAll("FOLDER", "DIR/curve").replaceAll(tiny.folder, "DIR")),
    );
  });

  it.each([
    [["--shares", "20,10"], "--shares must be rising numbers above 0 and below 100"],
    [["--shares", "50,100"], "--shares must be"],
    [["--validation", "valid.conll"], "--validation cannot be used here"],
    [["--seeds", "1,1"], "--seeds must be different"],
  ])("refuses %j", async (more, message) => {
    const { code, err } = await ran(...more);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
