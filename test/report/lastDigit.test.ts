/** A figure has the same last digit wherever it is printed: a person compares them. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { evaluationRow, evaluationText } from "../../src/cli/terminal/evaluationRow.js";
import { beforeStart } from "../../src/cli/terminal/runFigures.js";
import { statusParts } from "../../src/cli/terminal/statusLine.js";
import { ShownRun } from "../../src/dashboard/shownRun.js";
import { fixed } from "../../src/evaluate/fixed.js";
import { score } from "../../src/evaluate/score.js";
import { reportMarkdown, reportModels, reportPage } from "../../src/index.js";
import type { TrainEvent } from "../../src/run/events.js";
import { EventSchema } from "../../src/track/tensorboard/event_pb.js";
import { recordsIn } from "../../src/track/tensorboard/records.js";
import { testIo } from "../cli/testIo.js";
import { tinyModel } from "../train/tinyModel.js";

const root = join(import.meta.dirname, "../..");

describe("code that prints a figure", () => {
  it("rounds it to four digits in one place only", () => {
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .map((name) => name.replaceAll("\\", "/"))
      .filter((name) => name.endsWith(".ts"));
    const rounding = files.filter((name) =>
      /toFixed\(4\)|maximumFractionDigits: 4/.test(readFileSync(join(root, "src", name), "utf8")),
    );
    expect(rounding).toEqual([]);
  });

  it("rounds a value in the middle as Python does: losses, scores, in rows and in lines", () => {
    // 1/32 is 0.03125 exactly, which toFixed rounds up.
    for (const value of [1 / 32, 3 / 32, 5 / 32, 0.30005, 0.93085]) {
      const scores = { precision: value, recall: value, f1: value, support: 1 };
      const all = { micro: scores, macro: scores, weighted: scores, types: {}, accuracy: value };
      const metrics = { loss: value, precision: value, recall: value, f1: value, accuracy: value };
      const event = {
        ...{ type: "evaluation", split: "validation", step: 1, epoch: 1, scheme: "IOB2" },
        ...{ metrics, scores: all, strict: all, seconds: 1, sentences: 1 },
      } as Extract<TrainEvent, { type: "evaluation" }>;
      const row = evaluationRow({ event, trainLoss: value }, { width: 120, averages: false });
      expect(row.trim().split(/\s+/).slice(2)).toEqual(Array(7).fill(score(value)));
      const text = evaluationText({ event, trainLoss: value });
      expect(new Set(text.match(/\d\.\d{4}/g))).toEqual(new Set([score(value)]));
      const start = { totalSteps: 1, stepsPerEpoch: 1 } as Extract<TrainEvent, { type: "start" }>;
      const parts = statusParts({ ...beforeStart, start }, value).map(([, part]) => part);
      expect(parts).toContain(`loss ${score(value)}`);
    }
  });
});

describe("a model that is trained and evaluated", () => {
  let tiny: Awaited<ReturnType<typeof tinyModel>>;
  beforeAll(async () => {
    tiny = await tinyModel();
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true }));

  async function ran(...args: string[]): Promise<string> {
    const { io, stdout, stderr } = testIo({ env: { NO_COLOR: "1" } });
    expect(await nerium(args, io), stderr.text).toBe(0);
    return stdout.text;
  }

  it("has the same figures in terminal, card, JSON, TensorBoard, dashboard and report", async () => {
    const output = join(tiny.folder, "model");
    const { model, train, validation } = tiny.recipe();
    const flags = ["--model", model, "--train", train!, "--validation", validation!, "--output", output];
    const settings = [
      "--num-train-epochs",
      "12",
      "--learning-rate",
      "5e-3",
      "--threads",
      "1",
      "--per-device-train-batch-size",
      "16",
    ];
    const printed = await ran(
      "train",
      ...flags,
      ...settings,
      "--report-to",
      "tensorboard",
      "--logging-steps",
      "6",
    );
    const json = JSON.parse(readFileSync(join(output, "eval_results.json"), "utf8"));
    const names = ["precision", "recall", "f1", "accuracy"] as const;
    const figures = Object.fromEntries(names.map((name) => [name, score(json[`eval_${name}`])]));
    expect(Number(figures.f1)).toBeGreaterThan(0);

    const last = printed.split("\n").findLast((line) => line.startsWith("validation at step"))!;
    expect(last).toContain(
      `precision ${figures.precision}, recall ${figures.recall}, F1 ${figures.f1} (seqeval default)`,
    );
    expect(last).toContain(`accuracy ${figures.accuracy}`);

    const card = readFileSync(join(output, "README.md"), "utf8");
    for (const [title, name] of Object.entries({ Precision: "precision", Recall: "recall", F1: "f1" })) {
      const [, inCard] = new RegExp(`^- ${title}: (\\S+)$`, "m").exec(card)!;
      expect(score(Number(inCard))).toBe(figures[name]);
    }

    const run = new ShownRun("0", "model", output);
    await run.refresh();
    const noted = run.notes.all.findLast((note) => note.type === "evaluation")!;
    for (const name of names) expect(score(noted.metrics[name]!)).toBe(figures[name]);

    const runs = join(output, "runs");
    const [events] = readdirSync(runs, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.includes("tfevents"),
    );
    const scalars = new Map<string, number>();
    for (const data of recordsIn(readFileSync(join(runs, events!)))) {
      const { what } = fromBinary(EventSchema, data);
      if (what.case !== "summary") continue;
      for (const { tag, value } of what.value.value)
        if (value.case === "simpleValue") scalars.set(tag, value.value);
    }
    for (const name of names) expect(fixed(scalars.get(`eval/${name}`)!, 4)).toBe(figures[name]);

    const evaluated = await ran("evaluate", output, validation!, "--threads", "1");
    expect(evaluated).toMatch(
      new RegExp(`micro avg +${figures.precision} +${figures.recall} +${figures.f1} `),
    );
    const report = await reportModels([output], [validation!], { draws: 20, threads: 1 });
    const [own] = report.models;
    expect(score(own!.overall.f1)).toBe(figures.f1);
    const rows = new RegExp(`${figures.precision}\\D+${figures.recall}\\D+${figures.f1}`);
    expect(reportMarkdown(report).replaceAll(/\([^)]*\)/g, "")).toMatch(rows);
    expect(reportPage(report)).toContain(`<span>F1</span><b>${figures.f1}</b>`);

    // The same by type.
    for (const [type, scores] of Object.entries(noted.types!)) {
      const f1 = score(scores.f1!);
      expect(fixed(scalars.get(`eval/${type}_f1`)!, 4)).toBe(f1);
      expect(evaluated).toMatch(new RegExp(`^ +${type} +\\S+ +\\S+ +${f1} `, "m"));
      const [, inCard] = new RegExp(`^\\| ${type} +\\|(.*)$`, "m").exec(
        card.split("Scores by entity type")[1]!,
      )!;
      expect(inCard!.split("|").map((cell) => score(Number(cell)))).toContain(f1);
    }
  });
});
