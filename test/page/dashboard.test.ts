/** The page of `nerium dashboard` in a real browser, served by the dashboard itself. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../scripts/page.mjs";
import { type DashboardServer, serveDashboard } from "../../src/dashboard/index.js";
import { runRecorder } from "../../src/dashboard/recorder.js";
import { score } from "../../src/evaluate/score.js";
import type { TrainEvent } from "../../src/run/events.js";
import { stepOf } from "../dashboard/events.js";
import { evaluationOf, startOf } from "../track/events.js";
import { axeFindings, executablePath, launch, opened } from "./chromium.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-dashboard-page-"));
const page = join(folder, "page");
const HOSTILE = '"><img src=x onerror=alert(1)>';

let browser: Browser;
beforeAll(async () => {
  if (executablePath === undefined) return;
  await buildPage(page, "dashboard");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

const servers: DashboardServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function newRun(name: string, changes: Record<string, unknown> = {}, resumedAt = 0) {
  const output = join(folder, name);
  mkdirSync(output, { recursive: true });
  let now = 1e12;
  const listener = runRecorder(output, { now: () => (now += 1000), onProblem: expect.unreachable });
  const tell = async (...events: TrainEvent[]) => void (await Promise.all(events.map(listener)));
  return { output, tell, start: startOf(output, resumedAt, changes) };
}

const steps = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => stepOf(from + index));
const closed = { type: "closed" } as const;
const end = (step: number): TrainEvent => ({
  type: "end",
  reason: "finished",
  step,
  epoch: 3,
  seconds: 75,
  folder: "out",
});

async function shown(folders: readonly string[], options?: BrowserContextOptions) {
  const server = await serveDashboard(folders, { port: 0, page });
  servers.push(server);
  const { page: tab, wrong } = await opened(browser, `${server.url}/`, options);
  await tab.locator("#runs tr").first().waitFor({ timeout: 0 });
  return { tab, wrong, server };
}

const cells = async (tab: Page, id: string) =>
  (await tab.locator(`#${id} tr`).allInnerTexts()).map((row) => row.trim().split(/\s*\t\s*/));
const chart = (tab: Page, name: string) => tab.getByRole("img", { name: new RegExp(`^${name}:`) });

describe.skipIf(executablePath === undefined)("the page of a dashboard (needs NERIUM_CHROMIUM)", () => {
  const phone = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };
  it.each<[string, BrowserContextOptions]>([
    ["on a desk", {}],
    ["in the dark", { colorScheme: "dark" }],
    ["on a phone", phone],
    ["on a phone in the dark", { ...phone, colorScheme: "dark" }],
  ])("is accessible %s, runs nothing from the data and asks for nothing outside", async (_, options) => {
    const [one, two] = [newRun(`all/${HOSTILE.replaceAll("/", "")}`), newRun("all/two")];
    for (const { tell, start } of [one, two]) {
      const hostile = {
        ...start,
        labels: ["O", `B-${HOSTILE}`],
        recipe: { ...start.recipe, model: HOSTILE },
      };
      await tell(
        hostile,
        ...steps(1, 60),
        evaluationOf(60),
        ...steps(61, 90),
        evaluationOf(90),
        end(90),
        closed,
      );
    }
    const { tab, wrong } = await shown([join(folder, "all")], options);
    await chart(tab, "Loss").locator("canvas").waitFor({ timeout: 0 });
    await tab.locator("summary").click();
    expect(await tab.locator("main img").count()).toBe(0);
    expect(await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
    expect(await axeFindings(tab)).toEqual([]);
    expect(wrong).toEqual([]);
    await tab.context().close();
  });

  it("shows the figures of a run as the terminal prints them, and what comes while it is open", async () => {
    const run = newRun("live");
    await run.tell(run.start, ...steps(1, 5), evaluationOf(5), stepOf(6));
    const { tab, wrong } = await shown([run.output]);
    await tab.getByText("6/300").waitFor({ timeout: 0 });
    const [row] = await cells(tab, "runs");
    expect(row).toEqual([
      ...["live", "interrupted", "6/300", "0.06", "6.0000", score(0.9005), score(0.9005)],
      ...["1,000", "1.0 GB", "5 s", "-"],
    ]);
    expect(await cells(tab, "evaluations")).toEqual([
      ["0.05", "5", "3.0000", "0.0500", "0.9100", "0.8900", "0.9005", "0.9005", "0.9900"],
    ]);
    expect(await cells(tab, "types")).toEqual([["PER", "0.9100", "0.8900", "0.9005", "40"]]);
    await run.tell(stepOf(7), evaluationOf(7), end(7), closed);
    await tab.getByText("7/300").waitFor({ timeout: 0 });
    expect((await cells(tab, "runs"))[0]!.slice(1, 3)).toEqual(["finished", "7/300"]);
    expect(await cells(tab, "evaluations")).toHaveLength(2);
    await tab.locator("summary").click();
    expect(await tab.locator("#recipe").textContent()).toContain("learning_rate0.00005");
    expect(wrong).toEqual([]);
    await tab.context().close();
  });

  it("overlays the curves of several runs, which can be hidden, by step or by epoch", async () => {
    const [one, two] = [newRun("pair/one"), newRun("pair/two")];
    await one.tell(one.start, ...steps(1, 30), evaluationOf(30), end(30), closed);
    await two.tell(two.start, ...steps(1, 50), evaluationOf(50), end(50), closed);
    const { tab, wrong } = await shown([join(folder, "pair")]);
    const loss = chart(tab, "Loss");
    await loss.locator("canvas").waitFor({ timeout: 0 });
    await tab.waitForFunction("document.querySelectorAll('#runs tr').length === 2");
    const label = async () => (await loss.getAttribute("aria-label"))!;
    await tab.waitForFunction("document.querySelector('[role=img]').ariaLabel.includes('two training')");
    expect(await label()).toContain("pair/one training from 1.0000 to 30.0000");
    expect(await label()).toContain("pair/two training from 1.0000 to 50.0000");
    await tab.getByRole("button", { name: "pair/one" }).click();
    expect(await label()).not.toContain("pair/one");
    expect(await chart(tab, "Validation").getAttribute("aria-label")).toContain("F1");
    await tab.getByLabel("Metric").selectOption("Recall");
    expect(await chart(tab, "Validation").getAttribute("aria-label")).toContain("Recall from 0.8900");
    await tab.getByLabel("Horizontal axis").selectOption("epoch");
    await tab.getByLabel("Details of").selectOption("pair/two");
    expect((await cells(tab, "evaluations"))[0]![1]).toBe("50");
    expect(wrong).toEqual([]);
    await tab.context().close();
  });

  it("continues the curve of a resumed run, and says when the dashboard has ended", async () => {
    const first = newRun("resumed");
    await first.tell(first.start, ...steps(1, 20), closed);
    const { tab, server } = await shown([first.output]);
    await tab.getByText("20/300").waitFor({ timeout: 0 });
    const again = newRun("resumed", {}, 10);
    await again.tell(again.start, ...steps(11, 12), closed);
    await tab.getByText("12/300").waitFor({ timeout: 0 });
    expect(await chart(tab, "Loss").getAttribute("aria-label")).toBe("Loss: training from 1.0000 to 12.0000");
    servers.splice(0);
    await server.close();
    await tab.getByText("Not connected").waitFor({ timeout: 0 });
    expect(await tab.locator("#connection").textContent()).toContain(`nerium dashboard ${first.output}`);
    await tab.context().close();
  });
});
