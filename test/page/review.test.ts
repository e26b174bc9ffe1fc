/** The page to go through likely label errors, in a real browser, by keyboard alone. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../scripts/page.mjs";
import { Review } from "../../src/improve/index.js";
import { type ReviewServer, serveReview } from "../../src/review/index.js";
import { type ReviewedFile, writtenSuspects } from "../improve/reviewedFile.js";
import { axeFindings, executablePath, launch, type Opened, opened } from "./chromium.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-review-page-"));
const built = join(folder, "page");
const WORD = "<img/src=x/onerror=alert(1)>";
const DATA = `Ada B-PER
Lovelace O
met O
Bob O
in O
London B-PER
. O

Paris B-PER
is O
big O
. O

${WORD} O
Rome B-LOC
. O

`;

let browser: Browser;
let review: Review;
let server: ReviewServer;
let own: ReviewedFile;
let open: Opened | undefined;
let count = 0;

beforeAll(async () => {
  if (executablePath === undefined) return;
  await buildPage(built, "review");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  const wrong = open?.wrong ?? [];
  await open?.page.context().close();
  open = undefined;
  await server?.close();
  await review?.release();
  expect(wrong, "requests to other hosts, errors, breaches of the content security policy").toEqual([]);
});

const started = (options: BrowserContextOptions = {}): Promise<Page> =>
  startedWith("train.conll", DATA, SUSPECTS, options);

async function startedWith(
  name: string,
  text: string,
  found: Parameters<typeof writtenSuspects>[2],
  options: BrowserContextOptions = {},
): Promise<Page> {
  const place = join(folder, String(count++));
  mkdirSync(place);
  const data = join(place, name);
  writeFileSync(data, text);
  own = writtenSuspects(place, data, found);
  review = await Review.open(own.suspects);
  server = await serveReview(review, { port: 0, page: built });
  open = await opened(browser, server.url, options);
  await open.page.locator("#review").waitFor({ timeout: 0 });
  return open.page;
}

const SUSPECTS = [
  {
    sentence: 0,
    words: ["Ada", "Lovelace", "met", "Bob", "in", "London", "."],
    gold: ["B-PER", "O", "O", "O", "O", "B-PER", "O"],
    proposed: ["B-PER", "I-PER", "O", "B-PER", "O", "B-LOC", "O"],
  },
  {
    sentence: 1,
    words: ["Paris", "is", "big", "."],
    gold: ["B-PER", "O", "O", "O"],
    proposed: ["B-LOC", "O", "O", "O"],
  },
  { sentence: 2, words: [WORD, "Rome", "."], gold: ["O", "B-LOC", "O"], proposed: ["B-PER", "B-LOC", "O"] },
];

/** Folder for screenshots, to look at them. */
const shots = process.env.NERIUM_SHOTS;

const title = (page: Page, text: string) =>
  page
    .locator("#title")
    .filter({ hasText: new RegExp(`^${text}$`) })
    .waitFor({ timeout: 0 });
const marks = (page: Page, side: string) => page.locator(`#${side} mark`).allTextContents();

/** How many characters each label may be longer than its entity. */
const rooms = (page: Page, side: string) =>
  page
    .locator(`#${side} mark`)
    .evaluateAll((all) => all.map((mark) => /--room: (\d+)/.exec(mark.getAttribute("style")!)?.[1]));

describe.skipIf(executablePath === undefined)("the page of a review (needs NERIUM_CHROMIUM)", () => {
  it("is used by keyboard alone, and writes each decision at once", async () => {
    const page = await started();
    expect(await marks(page, "gold")).toEqual(["Ada", "London"]);
    expect(await marks(page, "proposed")).toEqual(["Ada Lovelace", "Bob", "London"]);
    // " Lovelace met Bob in " and " ." follow in the data, " met ", " in " and " ." in the proposal.
    expect(await rooms(page, "gold")).toEqual(["12", "1"]);
    expect(await rooms(page, "proposed")).toEqual(["4", "3", "1"]);
    await page.keyboard.press("a");
    await title(page, "Suspect 2");
    expect((await own.tags())[0]).toEqual(["B-PER", "I-PER", "O", "B-PER", "O", "B-LOC", "O"]);

    await page.keyboard.press("k");
    await title(page, "Suspect 3");
    expect((await own.tags())[1]).toEqual(["B-PER", "O", "O", "O"]);
    expect(await page.locator("#gold").textContent()).toContain(WORD);

    await page.keyboard.press("u");
    await title(page, "Suspect 2");
    await page.keyboard.press("u");
    await title(page, "Suspect 1");
    expect(readFileSync(own.data, "utf8")).toBe(DATA);

    // Edit: "Ada Lovelace" becomes LOC, "London" nothing.
    await page.keyboard.press("e");
    await page.locator("#words").waitFor({ timeout: 0 });
    expect(await page.locator('.word[aria-pressed="true"]').allTextContents()).toEqual(["Lovelace"]);
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("1");
    for (let step = 0; step < 5; step++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("0");
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press("Enter");
    await title(page, "Suspect 2");
    expect((await own.tags())[0]).toEqual(["B-LOC", "I-LOC", "O", "O", "O", "O", "O"]);

    await page.keyboard.press("s");
    await title(page, "Suspect 3");
    await page.keyboard.press("e");
    await page.keyboard.press("9");
    await page.keyboard.press("2");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowLeft");
    await title(page, "Suspect 2: skipped");
    await page.keyboard.press("ArrowLeft");
    await title(page, "Suspect 1: edited");
    expect(await marks(page, "gold")).toEqual(["Ada Lovelace"]);
    expect((await own.tags())[2]).toEqual(["O", "B-LOC", "O"]);
    expect(await page.locator("#count").textContent()).toBe("2 of 3 suspects decided");
  });

  it("says which relations a decision has removed", async () => {
    const entity = (id: number, start: number) => ({
      ...{ id, label: "PER", start_offset: start, end_offset: start + 3 },
    });
    const records = ["Ada Bob", "Eve Tim"].map((text, id) => ({
      ...{ id, text, entities: [entity(1, 0), entity(2, 4)], relations: [{ id: 3, from_id: 1, to_id: 2 }] },
    }));
    const people = ["B-PER", "B-PER"];
    const page = await startedWith(
      "train.jsonl",
      `${records.map((each) => JSON.stringify(each)).join("\n")}\n`,
      [
        { sentence: 0, words: ["Ada", "Bob"], gold: people, proposed: ["O", "B-PER"] },
        { sentence: 1, words: ["Eve", "Tim"], gold: people, proposed: ["B-PER", "B-LOC"] },
      ],
    );
    expect(await page.locator("#note").textContent()).toBe("");
    await page.keyboard.press("a");
    await title(page, "Suspect 2");
    const removed = `${own.data}:1: 1 relation was removed with its entity.`;
    expect(await page.locator("#note").textContent()).toBe(removed);
    expect(await page.getByRole("status").textContent()).toBe(`${removed} Suspect 2: Eve Tim`);
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, "review-relations.png"), fullPage: true });
    await page.keyboard.press("u");
    await title(page, "Suspect 1");
    expect(await page.locator("#note").textContent()).toBe("");
  });

  it("is used with Tab and Enter too, and says what it does to screen readers", async () => {
    const page = await started();
    await page.locator("#accept").focus();
    await page.keyboard.press("Enter");
    await title(page, "Suspect 2");
    expect(await page.getByRole("status").textContent()).toBe("Suspect 2: Paris is big .");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.id")).toBe("keep");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toContain("LOC");
    await page.keyboard.press("Enter");
    for (let step = 0; step < 3; step++) {
      await page.keyboard.press("Tab");
    }
    expect(await page.evaluate("document.activeElement.textContent")).toContain("None");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await title(page, "Suspect 3");
    expect((await own.tags())[1]).toEqual(["B-LOC", "O", "O", "O"]);
  });

  const phone = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
  it.each<[string, BrowserContextOptions]>([
    ["a desk", {}],
    ["a desk in the dark", { colorScheme: "dark" }],
    ["a phone", phone],
    ["a phone in the dark", { ...phone, colorScheme: "dark" }],
  ])("is accessible and fits on %s", async (name, options) => {
    const page = await started(options);
    const shot = async (state: string) => {
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      expect(await axeFindings(page)).toEqual([]);
      if (shots !== undefined)
        await page.screenshot({
          path: join(shots, `${name.replaceAll(" ", "-")}-${state}.png`),
          fullPage: true,
        });
    };
    await shot("open");
    await page.keyboard.press("a");
    await title(page, "Suspect 2");
    await page.keyboard.press("ArrowLeft");
    await title(page, "Suspect 1: accepted");
    await shot("accepted");
    await page.keyboard.press("e");
    await shot("edit");
  });

  it("shows errors, and that the secret is missing", async () => {
    const page = await started();
    writeFileSync(own.data, DATA.replace("Ada B-PER", "Ada B-PER extra"));
    await page.keyboard.press("a");
    const alert = page.getByRole("alert");
    await alert.filter({ hasText: "train.conll" }).waitFor({ timeout: 0 });
    expect(await axeFindings(page)).toEqual([]);
    writeFileSync(own.data, DATA);
    await page.keyboard.press("a");
    await title(page, "Suspect 2");
    expect(await alert.textContent()).toBe("");
    await page.goto("about:blank");
    await page.goto(server.url.replace(/#.*/, ""));
    await alert.filter({ hasText: "with its last part" }).waitFor({ timeout: 0 });
  });
});
