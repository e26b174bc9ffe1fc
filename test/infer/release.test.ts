/** The n-th acquisition fails, for every n: nothing that was acquired before is left, and the failure is told. */
import { expectAllGivenBack } from "../acquisitions.js";

// What it counts is loaded after it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { exportModel } from "../../src/export/index.js";
import { evaluateFolder, load } from "../../src/infer/index.js";
import { writeTinyModel } from "./tinyModel.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-release-"));
afterAll(() => rmSync(scratch, { recursive: true }));
const model = await writeTinyModel(join(scratch, "model"));
const threads = 1;

test.each(["fp32", "q8"] as const)("a model that is loaded in %s", (dtype) =>
  expectAllGivenBack(async () => {
    const ner = await load(model, { threads, dtype });
    try {
      expect(await ner("Anna Wolff lives in Berlin")).toBeInstanceOf(Array);
    } finally {
      await ner.dispose();
    }
  }),
);

test("a model that is evaluated", async () => {
  const file = join(scratch, "test.conll");
  writeFileSync(file, "Anna B-PER\nlives O\n\nBerlin B-LOC\n");
  await expectAllGivenBack(async () => {
    await evaluateFolder(model, file, { threads });
  });
});

test("a model that is exported", () =>
  expectAllGivenBack(async () => {
    await exportModel(model, { threads, dtypes: ["fp32"] });
  }));
