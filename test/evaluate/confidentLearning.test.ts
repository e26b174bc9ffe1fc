/** Label issues by confident learning, beside cleanlab on the same probabilities. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { labelIssues, selfConfidence } from "../../src/evaluate/index.js";

const python = process.env.NERIUM_CLEANLAB;

/** Random numbers in [0, 1) that are the same in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Sentences whose labels are mostly those that the probabilities favour. */
function noisy(seed: number, sentences: number, classes: number, damaged: number) {
  const next = random(seed);
  const labels: number[][] = [];
  const probabilities: number[][][] = [];
  for (let sentence = 0; sentence < sentences; sentence++) {
    const words = 1 + Math.floor(next() * 12);
    const truth = Array.from({ length: words }, () => (next() < 0.7 ? 0 : Math.floor(next() * classes)));
    probabilities.push(
      truth.map((label) => {
        const raw = Array.from({ length: classes }, (_, each) =>
          Math.exp(3 * next() + (each === label ? 4 * next() : 0)),
        );
        const total = raw.reduce((sum, value) => sum + value, 0);
        return raw.map((value) => value / total);
      }),
    );
    labels.push(truth.map((label) => (next() < damaged ? Math.floor(next() * classes) : label)));
  }
  return { labels, probabilities };
}

const flat = ({ labels, probabilities }: ReturnType<typeof noisy>) => ({
  labels: Int32Array.from(labels.flat()),
  probabilities: Float64Array.from(probabilities.flat(2)),
});

/** Sentence and word of each issue. */
function issuesIn(data: ReturnType<typeof noisy>, classes: number) {
  const { labels, probabilities } = flat(data);
  const places = data.labels.flatMap((own, sentence) => own.map((_, word) => [sentence, word]));
  return [...labelIssues(labels, probabilities, classes)].map((example) => places[example]);
}

const recorded: Record<number, number[][]> = JSON.parse(
  readFileSync(join(import.meta.dirname, "goldens/cleanlab-issues.json"), "utf8"),
);

describe("label issues", () => {
  it("are labels that a model confidently contradicts, the least likely label first", () => {
    const rows = [
      [0.9, 0.1],
      [0.95, 0.05],
      [0.1, 0.9],
      [0.2, 0.8],
      [0.03, 0.97],
      [0.93, 0.07],
    ];
    const labels = Int32Array.of(0, 0, 1, 1, 0, 1);
    const probabilities = Float64Array.from(rows.flat());
    expect([...selfConfidence(labels, probabilities)]).toEqual([0.9, 0.95, 0.9, 0.8, 0.03, 0.07]);
    expect([...labelIssues(labels, probabilities, 2)]).toEqual([4, 5]);
  });

  it("are none if every label is the most probable one", () => {
    const probabilities = Float64Array.from([0.6, 0.4, 0.3, 0.7, 0.8, 0.2, 0.4, 0.6]);
    expect([...labelIssues(Int32Array.of(0, 1, 0, 1), probabilities, 2)]).toEqual([]);
    expect([...labelIssues(new Int32Array(0), new Float64Array(0), 2)]).toEqual([]);
  });

  it.each([
    [3, 60, 3, 0.3],
    [5, 25, 12, 0.2],
  ])("are those that cleanlab found in the recorded case %i", (seed, sentences, classes, damaged) => {
    const data = noisy(seed, sentences, classes, damaged);
    expect(recorded[seed]!.length).toBeGreaterThan(5);
    expect(issuesIn(data, classes)).toEqual(recorded[seed]);
  });

  it.skipIf(python === undefined).each([
    [1, 200, 9, 0.02],
    [2, 400, 9, 0.1],
    [3, 60, 3, 0.3],
    [4, 500, 15, 0.05],
    [5, 25, 12, 0.2],
    [6, 300, 2, 0.01],
  ])(
    "are those of cleanlab's token classification, and so are the scores (%i)",
    (seed, sentences, classes, damaged) => {
      const data = noisy(seed, sentences, classes, damaged);
      const folder = mkdtempSync(join(tmpdir(), "nerium-cleanlab-"));
      writeFileSync(join(folder, "data.json"), JSON.stringify(data));
      execFileSync(python!, [join(import.meta.dirname, "goldens/cleanlab-issues.py"), folder]);
      const theirs = JSON.parse(readFileSync(join(folder, "found.json"), "utf8"));
      rmSync(folder, { recursive: true });
      const { labels, probabilities } = flat(data);
      expect(theirs.issues.length).toBeGreaterThan(0);
      expect(issuesIn(data, classes)).toEqual(theirs.issues);
      if (seed in recorded) expect(theirs.issues).toEqual(recorded[seed]);
      const confidence = selfConfidence(labels, probabilities);
      let at = 0;
      const lowest = data.labels.map((own) => {
        at += own.length;
        return Math.min(...confidence.slice(at - own.length, at));
      });
      expect(lowest).toEqual(theirs.sentence_scores);
    },
  );
});
