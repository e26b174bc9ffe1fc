/** The built page, served by the server itself with a tiny model. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Entity, load, type Ner } from "../../src/infer/index.js";
import { ready, tinyModel } from "../serve/testServer.js";
import { axeFindings, executablePath, launch, opened } from "./chromium.js";

const isBuilt = existsSync(join(resolve(import.meta.dirname, "../.."), "dist/page/index.html"));
const text = "😀 o b i a o b\na";

describe.skipIf(executablePath === undefined || !isBuilt)(
  "the page of the server (needs NERIUM_CHROMIUM and npm run build)",
  () => {
    let browser: Browser;
    let ner: Ner;
    beforeAll(async () => {
      browser = await launch();
      ner = await load(await tinyModel, { threads: 1 });
    });
    afterAll(async () => {
      await browser?.close();
      await ner?.dispose();
    });

    /** The rows of the list that belong to these entities. */
    const rowsOf = (entities: readonly (Entity & { label?: string })[]) =>
      entities.map((each) => [
        each.label ?? each.type,
        each.text.replaceAll("\n", ""),
        `${each.start}–${each.end}`,
      ]);

    it.each([
      ["whole words", undefined],
      ["simple", "simple"],
      ["none", "none"],
    ] as const)("shows what the library finds: %s", async (label, aggregationStrategy) => {
      const server = await ready();
      const { page, wrong } = await opened(browser, `${server.url}/`);
      await page.getByLabel("Aggregation strategy").selectOption({ label });
      await page.getByRole("textbox", { name: "Text" }).fill(text);
      const entities = await ner(text, { aggregationStrategy });
      expect(entities.length).toBeGreaterThan(0);
      await page
        .locator("#status")
        .filter({ hasText: new RegExp(`^${entities.length} entit`) })
        .waitFor({ timeout: 0 });
      await page
        .locator("#code")
        .filter({ hasText: JSON.stringify(entities.at(-1)!.score) })
        .waitFor({ timeout: 0 });
      const rows = await page
        .locator("tbody tr")
        .evaluateAll((found) =>
          (found as unknown as { cells: ArrayLike<{ textContent: string }> }[]).map(({ cells }) =>
            [0, 1, 3].map((index) => cells[index]!.textContent.replaceAll("\n", "")),
          ),
        );
      expect(rows).toEqual(rowsOf(entities));
      expect(await axeFindings(page)).toEqual([]);
      expect(wrong).toEqual([]);
      await page.context().close();
    });

    it("reads a text beyond the limit by paragraph, with a token", async () => {
      const server = await ready({ maxTextLength: 200, apiKeys: ["a-long-secret"] });
      const { page, wrong } = await opened(browser, `${server.url}/`);
      await page.getByLabel("This server needs a token").fill("a-long-secret");
      await page.keyboard.press("Enter");
      const paragraphs = Array.from({ length: 30 }, (_, index) => `o b i a ${"o ".repeat(index)}b`);
      const all = (await Promise.all(paragraphs.map((each) => ner(each)))).flat();
      await page.getByRole("textbox", { name: "Text" }).fill(paragraphs.join("\n\n"));
      await page
        .locator("#status")
        .filter({ hasText: `${all.length.toLocaleString("en-US")} entities, 30 paragraphs` })
        .waitFor({ timeout: 0 });
      expect(wrong).toEqual([]);
      await page.context().close();
    });

    it("shows the server's own errors", async () => {
      const server = await ready({ maxTextLength: 10, maxLineBytes: 5 });
      const { page, wrong } = await opened(browser, `${server.url}/`);
      await page.getByRole("textbox", { name: "Text" }).fill("o b i a o b i a");
      const alert = page.getByRole("alert").filter({ hasText: "SERVE_LINE_TOO_LONG" });
      await alert.waitFor({ timeout: 0 });
      expect(await alert.textContent()).toContain("The line is longer than 5 bytes");
      expect(wrong).toEqual([]);
      await page.context().close();
    });
  },
);
