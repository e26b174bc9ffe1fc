/** The page of data formats lists those that there are, with what they hold. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { formats } from "../../src/data/formats/index.js";

const page = readFileSync(join(resolve(import.meta.dirname, "../.."), "docs/data-formats.md"), "utf8");

it("docs/data-formats.md has a row for each format, and no other", () => {
  const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (.+?) \| (.+?) \| (.*?) ?\| (.*?) ?\| (.*?) ?\|$/gm)];
  const listed = rows.map(([, name, files, shape, , overlaps, gaps]) => ({
    name,
    files: files!,
    shape,
    overlaps,
    gaps,
  }));
  expect(listed.map(({ name }) => name).sort()).toEqual(formats.map(({ name }) => name).sort());
  for (const { name, files, shape, overlaps, gaps } of listed) {
    const { holds, extensions } = formats.find((format) => format.name === name)!;
    expect(files, name).toContain(`\`${extensions[0]}\``);
    expect(shape, name).toBe(holds.shape === "words" ? "words and tags" : "texts and spans");
    const yes = (value: boolean) => (value ? "yes" : "no");
    const expected = holds.shape === "words" ? ["", ""] : [yes(holds.overlaps), yes(holds.gaps)];
    expect([overlaps, gaps], name).toEqual(expected);
  }
});
