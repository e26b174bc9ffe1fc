/** The page in a real browser, served by a stand-in for the server. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildPage } from "../../scripts/page.mjs";
import { axeFindings, executablePath, launch, type Opened, opened } from "./chromium.js";
import { type StandIn, standIn } from "./standIn.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-page-"));
const built = join(folder, "page");

let browser: Browser;
let server: StandIn;
let open: Opened | undefined;

beforeAll(async () => {
  if (executablePath === undefined) return;
  await buildPage(built);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  server = await standIn(built);
});
afterEach(async () => {
  const wrong = open?.wrong ?? [];
  await open?.page.context().close();
  await server.close();
  open = undefined;
  expect(wrong, "requests to other hosts, errors, breaches of the content security policy").toEqual([]);
});

const start = async (options?: BrowserContextOptions, before?: (page: Page) => Promise<unknown>) => {
  open = await opened(browser, server.url, options, before);
  return open.page;
};

const textarea = (page: Page) => page.getByRole("textbox", { name: "Text" });
const marks = (page: Page) => page.locator("mark").allTextContents();
const rows = (page: Page) => page.locator("tbody tr");
const status = (page: Page) => page.locator("#status");

/** Waits until a locator has a text. The test's own timeout ends it. */
const says = (place: Locator, text: string | RegExp) =>
  place.filter({ hasText: text }).first().waitFor({ timeout: 0 });
const found = (page: Page, count: number) => says(status(page), new RegExp(`^${count} entit`));

/** Waits until something outside of the page holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Holds back the answers of the server until it is called. */
function closedGate(): () => void {
  let release = () => {};
  server.gate = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

async function write(page: Page, text: string): Promise<void> {
  await textarea(page).fill("");
  await textarea(page).pressSequentially(text);
}

describe.skipIf(executablePath === undefined)("the page (needs NERIUM_CHROMIUM)", () => {
  describe("typing", () => {
    it("marks the entities, and lists them with type, score and offsets", async () => {
      const page = await start();
      await found(page, 8);
      await write(page, "So Angela Merkel left Siemens.");
      await found(page, 2);
      expect(await marks(page)).toEqual(["Angela Merkel", "Siemens"]);
      expect((await rows(page).allInnerTexts()).map((row) => row.split(/\s*\t\s*/))).toEqual([
        ["PER", "Angela Merkel", "0.8790", "3–16"],
        ["ORG", "Siemens", "0.9990", "22–29"],
      ]);
      expect(await status(page).textContent()).toMatch(/^2 entities, 1 window, \d+ ms$/);
    });

    it("asks once for what is typed without a pause", async () => {
      const page = await start({}, (page) => page.clock.install());
      await found(page, 8);
      const before = server.texts.length;
      await page.clock.pauseAt(Date.now() + 3_600_000);
      await write(page, "In Paris and Berlin");
      await page.clock.fastForward(1_000);
      await found(page, 2);
      expect(server.texts.slice(before)).toEqual(["In Paris and Berlin"]);
    });

    it("ends the request for a text that is not the present one any more", async () => {
      const page = await start();
      await found(page, 8);
      const release = closedGate();
      await textarea(page).fill("In Paris");
      await until(() => server.texts.includes("In Paris"));
      await textarea(page).fill("In Paris and Berlin");
      await until(() => server.gone === 1);
      release();
      await found(page, 2);
      expect(await marks(page)).toEqual(["Paris", "Berlin"]);
    });

    it("moves marks with their words before the server answers", async () => {
      const page = await start();
      await textarea(page).fill("Angela Merkel left Paris.");
      await found(page, 2);
      const release = closedGate();
      await textarea(page).press("Control+Home");
      await textarea(page).pressSequentially("So\nthen ");
      expect(await marks(page)).toEqual(["Angela Merkel", "Paris"]);
      await textarea(page).press("Control+End");
      await textarea(page).press("Backspace");
      await textarea(page).press("Backspace");
      expect(await marks(page)).toEqual(["Angela Merkel"]);
      release();
    });

    it("draws the marks in the lines of the text, whatever the text is", async () => {
      const page = await start({ viewport: { width: 420, height: 800 } });
      const text = `Angela Merkel  and\tEmmanuel Macron, fi ffi AVAVA To, ${"Siemens BASF ".repeat(20)}\n\n${"x".repeat(300)}Paris\nزار القاهرة Paris\n`;
      await textarea(page).fill(text);
      await found(page, 44);
      const heights = await page.evaluate<number[]>(
        "[text, backdrop].map((place) => { place.style.minHeight = 0; place.style.alignSelf = 'start'; return place.scrollHeight; })",
      );
      expect(heights[0]).toBe(heights[1]);
      expect(heights[0]).toBeGreaterThan(300);
    });

    it("keeps the place of the caret in view", async () => {
      const page = await start();
      await textarea(page).fill("Paris.\n".repeat(100));
      await textarea(page).press("Control+End");
      await textarea(page).pressSequentially("x");
      const scrolled = "editor.scrollTop + editor.clientHeight > editor.scrollHeight - 60";
      await page.waitForFunction(scrolled, undefined, { timeout: 0 });
    });
  });

  describe("options", () => {
    it("are a model and a strategy for the next request", async () => {
      const page = await start();
      await found(page, 8);
      expect(server.options.at(-1)).toEqual({ model: "quickstart" });
      await page.getByLabel("Model").selectOption("news");
      await until(() => server.options.at(-1)!.model === "news");
      await page.getByLabel("Aggregation strategy").selectOption("first");
      await until(() => server.options.at(-1)!.aggregation_strategy === "first");
      expect(server.options.at(-1)).toEqual({ model: "news", aggregation_strategy: "first" });
    });

    it("are a threshold, which needs no request", async () => {
      const page = await start();
      await found(page, 8);
      const asked = server.texts.length;
      await page.getByLabel("Threshold").fill("0.9");
      await says(status(page), "3 entities");
      expect(await marks(page)).toEqual(["Angela Merkel", "Paris", "Baltic Sea"]);
      expect(JSON.parse((await page.locator("#code").textContent())!).entities).toHaveLength(3);
      expect(server.texts).toHaveLength(asked);
    });

    it("are types to hide", async () => {
      const page = await start();
      await found(page, 8);
      const chip = page.getByRole("button", { name: "LOC 3" });
      await chip.click();
      await says(status(page), "5 entities of 8");
      expect(await marks(page)).not.toContain("Berlin");
      expect(await chip.getAttribute("aria-pressed")).toBe("false");
      await chip.click();
      await found(page, 8);
    });

    it("are examples", async () => {
      const page = await start();
      await page.getByRole("button", { name: "Quickstart", exact: true }).click();
      await found(page, 5);
      expect(await marks(page)).toEqual([
        ...["Victoria Ashford", "Nexora", "Thornville", "Lisbon Film Festival", "Thornville"],
      ]);
    });
  });

  it("a row of the list selects its entity in the text", async () => {
    const page = await start();
    await textarea(page).fill(`${"Nothing.\n".repeat(80)}Then Paris.`);
    await found(page, 1);
    await page.getByRole("button", { name: "Paris" }).click();
    const selected = "text.value.slice(text.selectionStart, text.selectionEnd)";
    expect(await page.evaluate(selected)).toBe("Paris");
    expect(await page.evaluate("document.activeElement.id")).toBe("text");
    expect(await page.evaluate("editor.scrollTop > 0")).toBe(true);
  });

  it("a long list is shown in parts", async () => {
    const page = await start();
    await textarea(page).fill("Paris ".repeat(450));
    await found(page, 450);
    expect(await rows(page).count()).toBe(200);
    await page.getByRole("button", { name: "Show 200 more of 250 entities" }).click();
    await page.getByRole("button", { name: "Show 50 more of 50 entities" }).click();
    expect(await rows(page).count()).toBe(450);
  });

  describe("a long text", () => {
    const long = Array.from({ length: 40 }, (_, index) => `Paragraph ${index}: from Paris\nto Berlin.`);

    it("is read by paragraph, with progress, and an edit sends only what it changed", async () => {
      server.maxTextLength = 500;
      const page = await start();
      await found(page, 8);
      server.texts.length = 0;
      const release = closedGate();
      await textarea(page).fill(long.join("\n\n"));
      await says(status(page), /^0 of 40 paragraphs read$/);
      release();
      await says(status(page), /^80 entities, 40 paragraphs, 40 windows/);
      expect(server.texts).toEqual(long);
      const { entities } = JSON.parse(await copied(page, "JSON")) as {
        entities: { text: string; start: number; end: number }[];
      };
      expect(entities).toHaveLength(80);
      for (const { text, start, end } of entities) expect(long.join("\n\n").slice(start, end)).toBe(text);
      server.texts.length = 0;
      await textarea(page).press("Control+End");
      await textarea(page).pressSequentially(" Paris!");
      await says(status(page), "81 entities");
      expect(server.texts.at(-1)).toBe(`${long.at(-1)} Paris!`);
      expect(server.texts.every((text) => text.startsWith("Paragraph 39"))).toBe(true);
    });

    it("is read by paragraph if the server says that it is too long", async () => {
      server.maxTextLength = 500;
      server.tellsLimits = false;
      const page = await start();
      await textarea(page).fill(long.join("\n\n"));
      await says(status(page), "80 entities, 40 paragraphs");
    });

    it("shows progress while it is read", async () => {
      server.maxTextLength = 500;
      const page = await start();
      await found(page, 8);
      const release = closedGate();
      server.gated = "Paragraph 30:";
      await textarea(page).fill(long.join("\n\n"));
      await says(status(page), /^30 of 40 paragraphs read$/);
      expect(await page.getByRole("progressbar", { name: "Paragraphs read" }).isVisible()).toBe(true);
      expect(await marks(page)).toHaveLength(60);
      release();
      await found(page, 80);
      expect(await page.getByRole("progressbar", { name: "Paragraphs read" }).isVisible()).toBe(false);
    });

    it("says which part could not be read, and shows the others", async () => {
      server.maxTextLength = 500;
      server.refused = "Paragraph 7:";
      const page = await start();
      await textarea(page).fill(long.join("\n\n"));
      await says(status(page), /^78 entities, 40 paragraphs, 1 not read/);
      expect(await page.getByRole("alert").textContent()).toContain("It has the word Paragraph 7:.");
    });
  });

  describe("what goes wrong", () => {
    it("is shown as the server describes it, with the number of the request", async () => {
      const page = await start();
      await found(page, 8);
      server.failures.push(500);
      await textarea(page).fill("In Paris");
      const alert = page.getByRole("alert");
      await says(alert, "Internal error");
      expect(await alert.textContent()).toContain("The queue is full.Request req-1Try again");
      await alert.getByRole("button", { name: "Try again" }).click();
      await found(page, 1);
      expect(await alert.isVisible()).toBe(false);
    });

    it("is tried again if the server is busy", async () => {
      const page = await start();
      await found(page, 8);
      server.failures.push(429, 429, 429);
      await textarea(page).fill("In Paris");
      await says(page.getByRole("alert"), "The server is busy");
      await found(page, 1);
      expect(await page.getByRole("alert").isVisible()).toBe(false);
    });

    it("can be that there is no server", async () => {
      const page = await start();
      await found(page, 8);
      await server.close();
      await textarea(page).fill("In Paris");
      await says(page.getByRole("alert"), "The server does not answer.");
      expect(await page.getByRole("alert").getByRole("button", { name: "Try again" }).isVisible()).toBe(true);
    });
  });

  it("asks for a token if the server needs one, and keeps it in memory only", async () => {
    server.token = "a-secret";
    const page = await start();
    const field = page.getByLabel("This server needs a token");
    await field.fill("wrong");
    await field.press("Enter");
    await says(page.getByRole("alert"), "A token is needed");
    await field.fill("a-secret");
    await field.press("Enter");
    await found(page, 8);
    expect(await field.isVisible()).toBe(false);
    for (const tab of ["curl", "TypeScript", "Python"]) {
      const program = await copied(page, tab);
      expect(program).toContain("NERIUM_TOKEN");
      expect(program).not.toContain("a-secret");
    }
    expect(
      await page.evaluate("JSON.stringify([localStorage, sessionStorage]) + document.cookie"),
    ).not.toContain("a-secret");
    await page.reload();
    await field.waitFor();
    expect(await field.inputValue()).toBe("");
  });

  /** What the button copies from a tab. */
  async function copied(page: Page, tab: string): Promise<string> {
    await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("button", { name: "Copy", exact: true }).click();
    await says(page.locator("#copied"), "Copied");
    return page.evaluate<string>("navigator.clipboard.readText()");
  }

  describe("a copied program", () => {
    const run = async (program: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
      (await promisify(execFile)(program, args, { cwd: folder, env: { ...process.env, ...env } })).stdout;
    const programs = {
      curl: (text: string) =>
        run("bash", ["-c", `set -o pipefail; ${text.replace("curl ", "curl --silent --fail ")}`], {
          NERIUM_TOKEN: "a-secret",
        }),
      TypeScript: (text: string) => {
        writeFileSync(join(folder, "program.mjs"), text);
        return run(process.execPath, ["program.mjs"], { NERIUM_TOKEN: "a-secret" });
      },
      Python: (text: string) => run("python3", ["-c", text], { NERIUM_TOKEN: "a-secret" }),
    };

    it.each(Object.entries(programs))("in %s asks the same", async (tab, runs) => {
      const page = await start();
      await page.getByLabel("Aggregation strategy").selectOption("max");
      await page.getByLabel("Model").selectOption("news");
      await page.getByLabel("Threshold").fill("0.5");
      const text = `It's "Paris"\\ 😀\n\t$HOME \`x\` Berlin`;
      await textarea(page).fill(text);
      await found(page, 2);
      const program = await copied(page, tab);
      server.texts.length = 0;
      expect(await runs(program)).toMatch(/Paris.*Berlin/s);
      expect(server.texts).toEqual([text]);
      expect(server.options.at(-1)).toMatchObject({
        model: "news",
        aggregation_strategy: "max",
        threshold: 0.5,
      });
    });

    it.each(Object.entries(programs))(
      "in %s reads a longer text from a file, with a token",
      async (tab, runs) => {
        server.token = "a-secret";
        const page = await start();
        await page.getByLabel("This server needs a token").fill("a-secret");
        await page.keyboard.press("Enter");
        const text = `${"Then ".repeat(300)}"Paris".\n`;
        await textarea(page).fill(text);
        await found(page, 1);
        const program = await copied(page, tab);
        server.texts.length = 0;
        writeFileSync(join(folder, "text.txt"), text);
        expect(await runs(program)).toContain("Paris");
        expect(server.texts).toEqual([text]);
      },
    );

    it.each(Object.entries(programs))(
      "in %s sends a text beyond the limit by paragraph",
      async (tab, runs) => {
        server.maxTextLength = 100;
        const page = await start();
        await page.getByLabel("Threshold").fill("0.5");
        const text = "In Paris.\n\nIn Berlin.\n\n".repeat(20);
        await textarea(page).fill(text);
        await found(page, 40);
        const program = await copied(page, tab);
        server.texts.length = 0;
        writeFileSync(join(folder, "text.txt"), text);
        expect((await runs(program)).match(/Paris/g)?.length).toBeGreaterThanOrEqual(20);
        expect(server.texts.map((each) => each.trim())).toEqual(text.trim().split("\n\n"));
        expect(server.options.at(-1)).toMatchObject({ threshold: "0.5" });
      },
    );
  });

  it("works with the keyboard alone", async () => {
    const page = await start();
    await found(page, 8);
    const { keyboard } = page;
    const active = () =>
      page.evaluate<string>("document.activeElement.id || document.activeElement.textContent");
    const tabTo = async (name: string) => {
      const passed: string[] = [];
      while ((await active()) !== name) {
        await keyboard.press("Tab");
        passed.push(await active());
        expect(passed.length, `${name} comes after ${passed.join(", ")}`).toBeLessThan(40);
      }
    };
    await keyboard.press("Tab");
    expect(await active()).toBe("Skip to the text");
    await keyboard.press("Enter");
    await keyboard.press("Tab");
    await keyboard.press("Shift+Tab");
    expect(await active()).toBe("text");
    await keyboard.press("Control+a");
    await keyboard.type("Siemens left Paris.");
    await found(page, 2);

    await tabTo("LOC 1");
    await keyboard.press("Space");
    await says(status(page), "1 entity of 2");
    await keyboard.press("Space");
    await found(page, 2);

    await tabTo("Paris");
    await keyboard.press("Enter");
    expect(await page.evaluate("text.value.slice(text.selectionStart, text.selectionEnd)")).toBe("Paris");

    await tabTo("tab-JSON");
    await keyboard.press("ArrowRight");
    expect(await active()).toBe("tab-curl");
    await keyboard.press("End");
    expect(await active()).toBe("tab-Python");
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    expect(await active()).toBe("tab-curl");
    await tabTo("copy");
    await keyboard.press("Enter");
    await says(page.locator("#copied"), "Copied");
    expect(await page.evaluate("navigator.clipboard.readText()")).toContain("curl ");

    await page.reload();
    await found(page, 8);
    await tabTo("theme");
    await keyboard.press("Enter");
    expect(await page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await tabTo("model");
    await keyboard.press("ArrowDown");
    await until(() => server.options.at(-1)!.model === "news");
    await tabTo("threshold");
    await keyboard.press("End");
    await says(status(page), "0 entities");
    await keyboard.press("Home");
    await found(page, 8);
    for (const place of ["theme", "text", "copy"]) {
      await tabTo(place);
      const outlined = `getComputedStyle(document.activeElement.id === "text" ? editor : document.activeElement).outlineStyle`;
      expect(await page.evaluate(outlined), `the focus is visible on ${place}`).not.toBe("none");
    }
  });

  it("follows the system's scheme until the other one is chosen, and remembers the choice", async () => {
    const page = await start({ colorScheme: "dark" });
    const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    const button = page.getByRole("button", { name: "Dark" });
    const dark = await background();
    expect(await button.getAttribute("aria-pressed")).toBe("true");
    await page.emulateMedia({ colorScheme: "light" });
    const light = await background();
    expect(light).not.toBe(dark);
    await page.locator("#theme[aria-pressed=false]").waitFor({ timeout: 0 });
    await button.click();
    expect(await background()).toBe(dark);
    await page.reload();
    expect(await background()).toBe(dark);
    await button.click();
    expect(await background()).toBe(light);
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await background()).toBe(dark);
  });

  it.each([320, 390])("fits a phone of %i pixels", async (width) => {
    const page = await start({ viewport: { width, height: 844 }, isMobile: true, hasTouch: true });
    await found(page, 8);
    await page.getByRole("button", { name: "Long" }).tap();
    await says(status(page), /entit/);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    const small = await page.evaluate<string[]>(
      "[...document.querySelectorAll('button, select, input, a')].filter((each) => each.checkVisibility() && !each.matches('.skip')).filter((each) => { const { width, height } = each.getBoundingClientRect(); return width < 24 || height < 24; }).map((each) => each.outerHTML)",
    );
    expect(small, "targets of at least 24 pixels").toEqual([]);
    expect(await axeFindings(page)).toEqual([]);
  });

  it.each(["light", "dark"] as const)("axe-core finds nothing in the %s scheme", async (colorScheme) => {
    server.token = "a-secret";
    const page = await start({ colorScheme });
    await page.getByLabel("This server needs a token").waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel("This server needs a token").fill("a-secret");
    await page.keyboard.press("Enter");
    await found(page, 8);
    expect(await axeFindings(page)).toEqual([]);
    for (const tab of ["curl", "TypeScript", "Python"]) await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("button", { name: "LOC 3" }).click();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Long" }).click();
    await says(status(page), /^[^8].*entit/);
    expect(await axeFindings(page)).toEqual([]);
    server.failures.push(500);
    await textarea(page).fill("In Paris");
    await says(page.getByRole("alert"), "Internal error");
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole("button", { name: "Clear" }).click();
    await says(page.locator("#entities"), "Type a text");
    expect(await axeFindings(page)).toEqual([]);
  });
});
