/** `nerium docs`: pages, error codes and words. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { errorCatalogue } from "../../src/manual/catalogue.js";
import { topicText } from "../../src/manual/index.js";
import { sectionsOf } from "../../src/manual/pages.js";
import { testIo } from "../cli/testIo.js";

const root = resolve(import.meta.dirname, "../..");
const page = (name: string) => readFileSync(join(root, name), "utf8");

describe("a topic", () => {
  it("that is a page gives its Markdown", () => {
    expect(topicText("data-formats")).toBe(page("docs/data-formats.md"));
    expect(topicText("Errors.md")).toBe(page("docs/errors.md"));
  });

  it("that is the code of an error gives when it happens and what to do", () => {
    const text = topicText("data_cell_empty");
    expect(text).toMatch(/^# DATA_CELL_EMPTY\n\n\*\*When:\*\* The word or the tag of a line is empty\./);
    expect(text).toContain("**What to do:** Give the word a tag");
    // A bar in a cell of a table is escaped there.
    expect(topicText("CLI_NO_TEXT_FILE")).toContain("echo TEXT | nerium predict");
  });

  it("that is a word lists the sections that mention it, with the line", () => {
    const places = topicText("label studio");
    expect(places).toMatch(/^data-formats: /m);
    for (const line of places.split("\n").filter((each) => each.startsWith("    ")))
      expect(line.toLowerCase()).toContain("label studio");
  });

  it("that is nothing is an error, with the name that was meant", () => {
    expect(() => topicText("data-formatts")).toThrow(
      expect.objectContaining({
        code: "MANUAL_TOPIC_UNKNOWN",
        commandRemedy: "Did you mean nerium docs data-formats? nerium docs lists all pages.",
      }),
    );
    expect(() => topicText("DATA_CELL_EMTPY")).toThrow(
      expect.objectContaining({ commandRemedy: expect.stringContaining("nerium docs DATA_CELL_EMPTY?") }),
    );
    expect(() => topicText("xyzzy")).toThrow(
      expect.objectContaining({ commandRemedy: "nerium docs lists all pages." }),
    );
  });
});

it("a page is cut at its headings, not in blocks of code", () => {
  const text = "before\n# A\na\n```sh\n# a comment\n~~~\n```\n## B\n~~~\n# code\n~~~\n";
  const sections = sectionsOf({ name: "x", title: "A", text });
  expect(sections.map(({ heading }) => heading)).toEqual(["A", "B"]);
  expect(sections[0]!.text).toContain("# a comment");
});

it("every row of the page of errors is in the catalogue", () => {
  const text = page("docs/errors.md");
  const rows = text.match(/^\| `[A-Z]/gm)!;
  const catalogue = errorCatalogue({ name: "errors", title: "Errors", text });
  expect(catalogue).toHaveLength(rows.length);
  expect(catalogue.every(({ part }) => part !== "")).toBe(true);
});

it("nerium docs lists the pages, and each can be printed", async () => {
  const { io, stdout } = testIo();
  expect(await nerium(["docs"], io)).toBe(0);
  const names = [...stdout.text.matchAll(/^ {2}([a-z-]+) {2,}\S/gm)].map(([, name]) => name!);
  expect(names[0]).toBe("readme");
  expect(names.length).toBeGreaterThan(15);
  for (const name of names.slice(1)) {
    expect(existsSync(join(root, "docs", `${name}.md`)), name).toBe(true);
    expect(topicText(name)).toMatch(/^# /);
  }
});
