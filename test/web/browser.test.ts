/** `nerium/web` in a real browser, with transformers.js: the entities of the library on Node. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { transformersJsInstalled } from "../../bench/transformers-js/start.js";
import { buildWeb } from "../../scripts/web.mjs";
import { crfTensors } from "../../src/crf/index.js";
import { exportModel } from "../../src/export/index.js";
import { type Entity, load } from "../../src/infer/index.js";
import { writeSafetensors } from "../../src/safetensors/index.js";
import { iob2, writeTinyModel } from "../infer/tinyModel.js";
import { axeFindings, executablePath, launch, opened } from "../page/chromium.js";
import { serveWebPage, type WebPage } from "./webPage.js";

const TEXTS = [
  "Anna Wolff lives in Berlin, the city.",
  "",
  "in 東京 and (Berlin). It's Anna's! Wolff & Wolff",
  "Zoë 👩‍👩‍👧 lives in the city.",
  // Longer than the model's 64 tokens: read in windows.
  `${"Anna lives in the city and Wolff in Berlin, ".repeat(20)}.`,
];

const folder = mkdtempSync(join(tmpdir(), "nerium-web-"));
const model = join(folder, "model");
const web = join(folder, "web");
const needed = executablePath === undefined ? "needs NERIUM_CHROMIUM" : await transformersJsInstalled();
let browser: Browser;
let page: WebPage;
beforeAll(async () => {
  if (needed !== undefined) return;
  await writeTinyModel(model);
  const config = JSON.parse(readFileSync(join(model, "config.json"), "utf8"));
  writeFileSync(join(model, "config.json"), JSON.stringify({ ...config, nerium: { crf: true } }));
  // A field that decides: without it other entities are found.
  const values = Float32Array.from({ length: iob2.length * (iob2.length + 2) }, (_, at) => Math.sin(at));
  await writeSafetensors(join(model, "crf.safetensors"), crfTensors(values, iob2.length));
  await exportModel(model, { dtypes: ["fp32"], threads: 1, onWarning: () => {} });
  mkdirSync(web);
  await buildWeb(web);
  browser = await launch();
  page = await serveWebPage(model, web);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  page?.close();
  rmSync(folder, { recursive: true });
});

describe.skipIf(needed !== undefined)(`nerium/web in Chromium${needed ? ` (${needed})` : ""}`, () => {
  it("is less than 20 KB to download, and finds what the library finds", { timeout: 120_000 }, async () => {
    expect(gzipSync(readFileSync(join(web, "index.js"))).length).toBeLessThan(20_000);
    const { page: tab, wrong } = await opened(browser, `${page.url}?dtype=fp32`);
    await tab.waitForFunction("window.ner !== undefined", undefined, { timeout: 90_000 });
    const found = (await tab.evaluate(`window.ner(${JSON.stringify(TEXTS)})`)) as Entity[][];
    const first = await tab.evaluate(`window.ner({ words: ["Anna", "Wolff"] }, { offsets: "code-points" })`);

    const ner = await load(model, { threads: 1 });
    const ours = await ner(TEXTS);
    const words = await ner({ words: ["Anna", "Wolff"] }, { offsets: "code-points" });
    const argmax = await ner(TEXTS, { decoding: "argmax" });
    await ner.dispose();
    const without = (entities: readonly (readonly Entity[])[]) =>
      entities.map((each) => each.map(({ score: _, ...entity }) => entity));
    expect(without(found)).toEqual(without(ours));
    expect(without([first as Entity[]])).toEqual(without([words]));
    found.flat().forEach(({ score }, at) => {
      expect(Math.abs(score - ours.flat()[at]!.score)).toBeLessThan(1e-4);
    });
    // The field counts.
    expect(without(found)).not.toEqual(without(argmax));

    const wrongs = await tab.evaluate(`Promise.all([
      window.ner("a", { aggregationStrategy: "simple" }),
      window.ner(1),
      window.ner("a", { threshold: 2 }),
    ].map((call) => call.catch(({ code }) => code)))`);
    expect(wrongs).toEqual(["WEB_STRATEGY_UNSUPPORTED", "INFER_INPUT_INVALID", "PACKAGE_OPTION_INVALID"]);

    await tab.fill("#text", TEXTS[0]!);
    await tab.click("#find");
    await tab.waitForSelector("mark");
    expect(await axeFindings(tab)).toEqual([]);
    expect(wrong).toEqual([]);
  });
});
