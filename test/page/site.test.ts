/** The documentation site in a real browser, as built by `npm run docs`. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { axeFindings, executablePath, launch, opened } from "./chromium.js";

const site = resolve(import.meta.dirname, "../../site/dist");
const needed =
  executablePath === undefined
    ? "needs NERIUM_CHROMIUM"
    : existsSync(join(site, "index.html"))
      ? undefined
      : "needs npm run docs";

const TYPES: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" },
  ...{ ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".json": "application/json" },
};
let browser: Browser;
let server: Server;
let url: string;
beforeAll(async () => {
  if (needed !== undefined) return;
  server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url!, "http://a").pathname));
    const names = [path, `${path}.html`, join(path, "index.html")].map((name) => join(site, name));
    const file = names.find((name) => existsSync(name) && statSync(name).isFile());
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

const PAGES = [
  "/",
  "/readme",
  "/first-model",
  "/choosing",
  "/errors",
  "/errors/DATA_CELL_EMPTY",
  "/cli/train",
  "/api/",
];
const LOOKS: readonly (readonly [string, BrowserContextOptions])[] = [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
];

describe.skipIf(needed !== undefined)(`the site in Chromium${needed ? ` (${needed})` : ""}`, () => {
  it.each(LOOKS)(
    "%s: accessible, nothing wider than the window, no request outside",
    { timeout: 120_000 },
    async (name, look) => {
      const { page, wrong } = await opened(browser, `${url}/`, { ...look, reducedMotion: "reduce" });
      for (const path of PAGES) {
        await page.goto(url + path, { waitUntil: "networkidle" });
        expect(await axeFindings(page), path).toEqual([]);
        const { innerWidth, scrollWidth } = (await page.evaluate(
          "({ innerWidth, scrollWidth: document.documentElement.scrollWidth })",
        )) as { innerWidth: number; scrollWidth: number };
        expect(scrollWidth, path).toBeLessThanOrEqual(innerWidth);
        const folder = process.env.NERIUM_SCREENSHOTS;
        if (folder !== undefined)
          await page.screenshot({
            path: join(folder, `site-${name.split(" ").at(-1)}${path.replaceAll("/", "-")}.png`),
          });
      }
      expect(wrong).toEqual([]);
    },
  );

  it("finds a page by its words", { timeout: 60_000 }, async () => {
    const { page } = await opened(browser, `${url}/`);
    await page.click("button:has-text('Search')");
    await page.fill("input[type=search]", "overlapping windows");
    await page.waitForSelector(".result");
    expect(await page.locator(".result").count()).toBeGreaterThan(0);
  });
});
