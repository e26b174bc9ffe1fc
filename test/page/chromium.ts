/** Opens pages in the Chromium that NERIUM_CHROMIUM names. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

export const executablePath = process.env.NERIUM_CHROMIUM;

/** Starts Chromium. It cannot use its sandbox as root. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath!,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });

/** A page, and what went wrong in it. */
export interface Opened {
  readonly page: Page;
  /** Requests to other hosts, errors of the page, and what its content security policy refused. */
  readonly wrong: string[];
}

/** Opens an address in a window of its own. */
export async function opened(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  before: (page: Page) => Promise<unknown> = async () => {},
): Promise<Opened> {
  const { origin } = new URL(url);
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) wrong.push(`request to ${request.url()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) wrong.push(message.text());
  });
  await before(page);
  await page.goto(url);
  return { page, wrong };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds in a page: each rule with the elements that break it. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  }>("axe.run(document, { resultTypes: ['violations'] })");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
