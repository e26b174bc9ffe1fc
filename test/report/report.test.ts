import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { compare, type EvaluationReport, reportMarkdown, reportModels, reportPage } from "../../src/index.js";
import { testIo } from "../cli/testIo.js";
import { writeTinyModel } from "../infer/tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-report-"));
const data = join(scratch, "data.conll");
const train = join(scratch, "train.conll");
const PLACE = '"><script>alert(1)</script>';
const WORD = "<script>alert(2)</script>";
/** The model reads b, i, a and o; other words are unknown to it. */
const TEXT = `b B-PER
i I-PER
o O

b B-PER
o B-LOC

a O
${WORD} B-${PLACE}
Zanzibar\u202e B-LOC
`;
let right: string;
let other: string;
let report: EvaluationReport;
beforeAll(async () => {
  const labels = ["O", "B-PER", "I-PER", "B-LOC", `B-${PLACE}`];
  right = await writeTinyModel(join(scratch, "right"), { labels, reads: ["o", "b", "i", "a", "x"] });
  other = await writeTinyModel(join(scratch, "other"), { labels, reads: ["o", "a", "i", "b", "x"] });
  writeFileSync(data, TEXT);
  writeFileSync(train, "b B-PER\ni I-PER\no O\n\nb B-LOC\n");
  report = await reportModels([right, other], [data], { train, draws: 200, threads: 1 });
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function ran(...args: readonly string[]) {
  const { io, stdout, stderr } = testIo();
  const code = await nerium([...args, "--threads", "1"], io);
  return { code, out: stdout.text, err: stderr.text };
}
const reported = (...flags: readonly string[]) => ran("report", right, data, "--draws", "200", ...flags);

describe("a report", () => {
  it("counts entities, errors and what was seen in training", () => {
    const [model] = report.models;
    expect(report).toMatchObject({ sentences: 3, words: 8, units: 3, unit: "sentences" });
    expect(report.entities).toEqual({ LOC: 2, PER: 2, [PLACE]: 1 });
    expect(Object.values(model!.kinds).reduce((sum, count) => sum + count, 0)).toBe(
      model!.confusion.counts.flat().reduce((sum, count) => sum + count, 0),
    );
    expect(model!.kinds.correct).toBe(2);
    expect(model!.seen).toEqual([
      // "b" alone has been a LOC only, "b i" a PER.
      { name: "seen with this type", support: 1, recall: 1 },
      { name: "seen with other types only", support: 1, recall: 1 },
      { name: "never seen", support: 3, recall: 0 },
    ]);
    expect(model!.errors.map(({ confidence }) => confidence)).toEqual(
      model!.errors.map(({ confidence }) => confidence).sort((a, b) => b - a),
    );
    expect(model!.errors.length).toBe(
      Object.values(model!.kinds).reduce((sum, count) => sum + count, 0) - model!.kinds.correct,
    );
  });

  it("compares further models with the first as nerium compare does", async () => {
    const files = [0, 1].map((index) => join(scratch, `${index}.conll`));
    for (const [index, model] of [right, other].entries())
      expect((await ran("evaluate", model, data, "--predictions", files[index]!)).code).toBe(0);
    const compared = await compare(files[0]!, files[1]!, { draws: 200 });
    expect(report.models[0]!.difference).toBeUndefined();
    expect(report.models[1]!.difference).toEqual({
      difference: compared.difference,
      interval: compared.interval,
      better: compared.better,
    });
    expect(report.models[1]!.difference!.difference).toBeLessThan(0);
    expect(reportMarkdown(report)).toContain("Differences to right");
  });

  it("prints the figures of nerium evaluate to the last digit: page, Markdown, JSON and terminal", async () => {
    const printed = (await ran("evaluate", right, data)).out;
    const json = JSON.parse((await ran("evaluate", right, data, "--json")).out);
    const { io, stdout } = testIo();
    await nerium(["report", right, data, "--draws", "200", "--json", "--threads", "1"], io);
    const [model] = (JSON.parse(stdout.text) as EvaluationReport).models;
    expect(model!.overall).toMatchObject(json.default.micro);
    expect(model!.strict).toEqual(json.strict.micro);
    expect(model!.types.PER).toMatchObject(json.default.types.PER);
    const { precision, recall, f1 } = json.default.micro;
    const single = await reportModels([right], [data], { draws: 200, threads: 1 });
    for (const value of [precision, recall, f1, json.default.types.LOC.f1, json.loss]) {
      const shown = (value as number).toFixed(4);
      for (const text of [printed, reportPage(single), reportMarkdown(single)]) expect(text).toContain(shown);
    }
  });

  it("is the same for the same seed", async () => {
    const again = await reportModels([right, other], [data], { train, draws: 200, threads: 1 });
    const timeless = (one: EvaluationReport) => JSON.stringify(one).replace(/"seconds":[\d.e-]+/g, "");
    expect(timeless(again)).toBe(timeless(report));
    const others = await reportModels([right], [data], { draws: 200, seed: 1, threads: 1 });
    expect(others.models[0]!.overall.intervals).not.toEqual(report.models[0]!.overall.intervals);
  });

  it("escapes labels and words, and shows marks that change the direction of text", () => {
    const page = reportPage(report);
    expect(page).not.toContain("<script>alert");
    expect(page).toContain("&#60;script&#62;alert(2)&#60;/script&#62;");
    expect(page.match(/<script>/g)).toHaveLength(1);
    expect(page).not.toContain("\u202e");
    const markdown = reportMarkdown(report);
    expect(markdown).not.toMatch(/(?<!\\)<script/);
    expect(markdown).not.toContain("\u202e");
  });

  it("needs nothing from elsewhere", () => {
    expect(reportPage(report)).not.toMatch(/https?:(?!\/\/www\.w3\.org\/2000\/svg)|<link|<img|@import|url\(/);
  });

  it("lists as many errors as asked for, and says how many there are", async () => {
    const { models } = await reportModels([right], [data], { errors: 1, draws: 200, threads: 1 });
    expect(models[0]!.errors).toEqual(report.models[0]!.errors.slice(0, 1));
    expect(models[0]!.moreErrors).toBe(report.models[0]!.errors.length - 1);
  });
});

describe("nerium report", () => {
  it("writes a page, and another only with --force", async () => {
    const output = join(scratch, "report.html");
    expect(await reported("--output", output)).toMatchObject({ code: 0, out: `report  ${output}\n` });
    expect(readFileSync(output, "utf8")).toMatch(/^<!doctype html>\n/);
    expect(await reported("--output", output)).toMatchObject({ code: 1 });
    expect(await reported("--output", output, "--force")).toMatchObject({ code: 0 });
  });

  it("overwrites nothing that it reads", async () => {
    const { code, err } = await reported("--output", data, "--force");
    expect(code).toBe(1);
    expect(err).toContain("[FILES_OUTPUT_IS_INPUT]");
    expect(readFileSync(data, "utf8")).toBe(TEXT);
  });

  it("holds no word of the data with --no-text", async () => {
    const output = join(scratch, "private.html");
    const markdown = await reported("--no-text", "--markdown", "--output", output);
    const { out: json } = await reported("--no-text", "--json");
    expect(markdown.code).toBe(0);
    expect(JSON.parse(json).models[0].errors.length).toBeGreaterThan(0);
    const texts = [markdown.out, readFileSync(output, "utf8"), json];
    for (const text of texts) for (const word of ["Zanzibar", "alert(2)"]) expect(text).not.toContain(word);
    expect((await reported("--markdown")).out).toContain("Zanzibar");
    expect(json).not.toContain('"context"');
    expect(json).not.toContain('"text"');
  });

  it.each([
    [["--draws", "200"], "Nowhere to write the report"],
    [["--json", "--markdown"], "--json cannot be combined with --markdown"],
  ])("refuses %j", async (flags, message) => {
    const { code, err } = await ran("report", right, data, ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it("refuses files without sentences", async () => {
    const empty = join(scratch, "empty.conll");
    writeFileSync(empty, "\n");
    const { code, err } = await ran("report", right, empty, "--markdown");
    expect(code).toBe(1);
    expect(err).toMatch(/\[(REPORT_NO_SENTENCES|DATA_[A-Z_]+)\]/);
  });
});

describe("nerium evaluate", () => {
  it("prints the most confident errors in their sentences", async () => {
    const { out } = await ran("evaluate", right, data, "--worst", "2");
    const [, list] = out.split("most confident errors (often slips of the annotators):\n");
    expect(list!.split("\n").filter((line) => line.startsWith("    gold "))).toHaveLength(2);
    expect((await ran("evaluate", right, data, "--worst", "0")).out).not.toContain("most confident");
    expect(JSON.parse((await ran("evaluate", right, data, "--json", "--worst", "1")).out).worst).toEqual(
      report.models[0]!.errors.slice(0, 1),
    );
  });
});
