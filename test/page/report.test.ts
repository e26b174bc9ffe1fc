/** The page of `nerium report` in a real browser. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EvaluationReport, reportModels, reportPage } from "../../src/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { axeFindings, executablePath, launch } from "./chromium.js";

const LABEL = '"><img/src=x/onerror=alert(1)>';
const WORD = "<img/src=x/onerror=alert(2)>";
const sentences = Array.from({ length: 30 }, (_, index) =>
  index % 3 === 0 ? `b B-PER\ni I-PER\no B-LOC\n` : `${WORD} B-${LABEL}\na O\nname${index} B-LOC\n`,
);

const folder = mkdtempSync(join(tmpdir(), "nerium-report-page-"));
let browser: Browser;
beforeAll(async () => {
  if (executablePath === undefined) return;
  browser = await launch();
  const labels = ["O", "B-PER", "I-PER", "B-LOC", `B-${LABEL}`];
  const data = join(folder, "data.conll");
  writeFileSync(data, sentences.join("\n"));
  const models = [
    await writeTinyModel(join(folder, "one"), { labels, reads: ["o", "b", "i", "a", "x"] }),
    await writeTinyModel(join(folder, "two"), { labels, reads: ["o", "b", "i", "x", "a"] }),
  ];
  const report = await reportModels(models, [data], { draws: 100, threads: 1, train: data });
  write("two", report);
  write("one", { ...report, models: report.models.slice(0, 1) });
  write("private", await reportModels(models.slice(0, 1), [data], { draws: 100, threads: 1, text: false }));
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});
const write = (name: string, report: EvaluationReport) =>
  writeFileSync(join(folder, `${name}.html`), reportPage(report));

/** Opens a page and says what went wrong in it: requests, errors, dialogs, breaches of its policy. */
async function opened(name: string, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const url = pathToFileURL(join(folder, `${name}.html`)).href;
  const wrong: string[] = [];
  page.on("request", (request) => {
    if (request.url() !== url) wrong.push(`request to ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  page.on("console", (message) => wrong.push(message.text()));
  await page.goto(url);
  return { page, wrong };
}

const shown = (page: Page) => page.locator(".errors > li:visible");

describe.skipIf(executablePath === undefined)("the page of a report (needs NERIUM_CHROMIUM)", () => {
  const phone = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
  it.each<[string, string, BrowserContextOptions]>([
    ["one", "on a desk", {}],
    ["one", "in the dark", { colorScheme: "dark" }],
    ["one", "on a phone", phone],
    ["two", "on a desk", {}],
    ["two", "on a phone in the dark", { ...phone, colorScheme: "dark" }],
    ["private", "on a desk", {}],
  ])("of %s is accessible %s, runs nothing from the data and asks for nothing", async (name, _, options) => {
    const { page, wrong } = await opened(name, options);
    expect(await page.locator("img").count()).toBe(0);
    // Nothing but tables, pictures and long sentences is wider than the page, and those scroll on their own.
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(wrong).toEqual([]);
    // The checks run in the page, which its policy would report.
    expect(await axeFindings(page)).toEqual([]);
    await page.context().close();
  });

  it("finds errors by their words, kind and type", async () => {
    const { page, wrong } = await opened("one");
    const all = await shown(page).count();
    await page.getByLabel("Search").fill("NAME4 predicted");
    expect(await shown(page).count()).toBeGreaterThan(0);
    expect(await shown(page).count()).toBeLessThan(all);
    for (const text of await shown(page).allTextContents()) expect(text).toContain("name4");
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Kind", { exact: true }).selectOption("spurious");
    for (const text of await shown(page).allTextContents()) expect(text).toMatch(/^\s*spurious/);
    const spurious = await shown(page).count();
    expect(await page.getByRole("status").textContent()).toBe(`${spurious} of ${all} listed errors`);
    await page.getByLabel("Kind", { exact: true }).selectOption("");
    await page.getByLabel("Type", { exact: true }).selectOption(LABEL);
    expect(await shown(page).count()).toBe(20);
    expect(wrong).toEqual([]);
    await page.context().close();
  });

  it("shows all errors without JavaScript, and no controls", async () => {
    const { page } = await opened("one", { javaScriptEnabled: false });
    expect(await shown(page).count()).toBeGreaterThan(20);
    expect(await page.locator(".filters").isVisible()).toBe(false);
    await page.context().close();
  });
});
