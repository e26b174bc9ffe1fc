import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { cutLines } from "../../src/annotate/cutLines.js";
import type { InputFormat } from "../../src/annotate/inputFiles.js";
import { lineRows, type Row, tableHeader } from "../../src/annotate/readLines.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-cut-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function rowsOf(content: string, format: InputFormat, shardSize: number) {
  const file = { path: join(scratch, "file"), format, compression: null, column: null };
  writeFileSync(file.path, content);
  const table = format === "csv" || format === "tsv" ? await tableHeader(file, format) : undefined;
  const shards = await cutLines(file, {
    shardSize,
    header: { bytes: table?.bytes ?? 0, lines: table?.lines ?? 0 },
    quotes: table?.quotes ?? false,
  });
  const rows: Row[] = [];
  for (const shard of shards) {
    const before = rows.length;
    for await (const row of lineRows(file, { input: 0, ...shard })) rows.push(row);
    expect(rows.length - before).toBe(shard.rows);
  }
  return { rows, shards };
}

const characters = fc.constantFrom("a", "é", "東", " ", '"', ",", "\t", "\r", "\ufeff", "\u2028");
const lineText = fc.array(characters, { maxLength: 12 }).map((parts) => parts.join("").replace(/\r+$/, ""));

it("text has a row for each line, whatever the size of shards", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lineText, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom("", "\n", "\r\n"),
      async (lines, shardSize, last) => {
        const texts = lines.map((line, index) => (index === 0 ? `x${line}` : line));
        const content = texts.join("\n") + last;
        const expected = last === "" && texts.at(-1) === "" ? texts.slice(0, -1) : texts;
        const { rows, shards } = await rowsOf(content, "text", shardSize);
        expect(rows.map(({ text }) => text)).toEqual(expected);
        expect(rows.map(({ line }) => line)).toEqual(expected.map((_, index) => index + 1));
        expect(shards[0]!.start).toBe(0);
        for (const [index, { end }] of shards.entries())
          expect(end).toBe(shards[index + 1]?.start ?? Buffer.byteLength(content));
      },
    ),
    { numRuns: 60 },
  );
});

it("a table is cut between its rows, not in a cell with line breaks", async () => {
  const cell = fc.array(fc.constantFrom("a", "é", '"', ",", "\n", " "), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 60 }),
      async (cells, shardSize) => {
        const quoted = (parts: readonly string[]) => `"${parts.join("").replaceAll('"', '""')}"`;
        const lines = cells.map(([first, second]) => `${quoted(first)},${quoted(second)}`);
        const content = `"te\nxt",text\n${lines.join("\n")}\n`;
        const { rows } = await rowsOf(content, "csv", shardSize);
        expect(rows.map(({ text }) => text)).toEqual(cells.map(([, parts]) => parts.join("")));
        const starts = cells.map(
          (_, index) => 3 + lines.slice(0, index).join("\n").split("\n").length - (index === 0 ? 1 : 0),
        );
        expect(rows.map(({ line }) => line)).toEqual(starts);
      },
    ),
    { numRuns: 60 },
  );
});

it("records are lines of JSON, and blank lines are none", async () => {
  const content = '\n{"text": "a"}\r\n \t\r\n"b"\n\n[1]\n{"text": null}';
  for (const size of [1, 15, 1000]) {
    const { rows } = await rowsOf(content, "jsonl", size);
    expect(rows.map(({ text, line, unreadable }) => [text, line, unreadable !== undefined])).toEqual([
      ["a", 2, false],
      ["b", 4, false],
      ["", 6, true],
      ["", 7, false],
    ]);
  }
});
