import { expect, it } from "vitest";
import { annotateRows } from "../../src/annotate/annotateRows.js";
import type { Row } from "../../src/annotate/readLines.js";
import type { Result } from "../../src/annotate/results.js";
import type { Rows } from "../../src/annotate/tries.js";
import type { Ner } from "../../src/infer/index.js";

/** A pipeline that fails at some texts, and counts how often it was asked for each. */
function failingAt(bad: (text: string) => boolean) {
  const asked = new Map<string, number>();
  const groups: number[] = [];
  const one = (text: string) => {
    asked.set(text, (asked.get(text) ?? 0) + 1);
    if (bad(text)) throw new Error(`cannot read ${text}`);
    return { text, entities: [], windows: 1, truncated: false };
  };
  const analyze = async (input: string | readonly string[]) => {
    if (typeof input === "string") return one(input);
    groups.push(input.length);
    return input.map(one);
  };
  return { ner: { analyze } as unknown as Pick<Ner, "analyze">, asked, groups };
}

interface Given {
  readonly bad?: (text: string) => boolean;
  readonly deaths?: readonly Rows[];
  readonly rows?: readonly Row[];
  readonly tries?: number;
}

async function annotated({ bad = () => false, deaths = [], rows, tries = 3 }: Given) {
  const texts: readonly Row[] =
    rows ?? Array.from({ length: 600 }, (_, line) => ({ text: `t${line}`, line }));
  const { ner, asked, groups } = failingAt(bad);
  const notes: Rows[] = [];
  const results: Result[] = [];
  const deathsAt = (row: number) => deaths.filter(({ from, to }) => from <= row && row < to).length;
  const count = await annotateRows(
    (async function* () {
      yield* texts;
    })(),
    {
      ...{ ner, options: {}, tries, place: "file:1" },
      claim: {
        note: async (noted) => void notes.push(noted),
        tries: {
          deathsAt,
          isSuspect: (row: number) => deathsAt(row) > 0,
          isGivenUp: (row: number, most: number) =>
            deathsAt(row) >= most && deaths.some(({ from, to }) => from === row && to === row + 1),
        } as never,
      },
      output: { add: async (more) => void results.push(...more), end: async () => {} },
    },
  );
  return { count, asked, groups, notes, results };
}

it("rows go through the model in groups that depend on nothing else, and are noted before", async () => {
  const { count, groups, notes, results } = await annotated({});
  expect(groups).toEqual([256, 256, 88]);
  expect(notes).toEqual([
    { from: 0, to: 256 },
    { from: 256, to: 512 },
    { from: 512, to: 600 },
  ]);
  expect(results.map(({ row }) => row.line)).toEqual(Array.from({ length: 600 }, (_, line) => line));
  expect(count).toEqual({ rows: 600, errors: 0 });
});

it("a text that fails is tried alone, and becomes an error; the others do not", async () => {
  const { count, asked, results } = await annotated({ bad: (text) => text === "t300" });
  expect(count).toEqual({ rows: 600, errors: 1 });
  expect(results[300]).toEqual({ row: { text: "t300", line: 300 }, error: "cannot read t300" });
  expect(results[301]!.error).toBeUndefined();
  // Once in its group, and three times alone.
  expect(asked.get("t300")).toBe(4);
});

it("if all texts of a group fail, none is at fault", async () => {
  await expect(annotated({ bad: () => true })).rejects.toMatchObject({ code: "ANNOTATE_ALL_FAILED" });
});

it("rows at which a worker died are annotated alone, and given up after so many tries", async () => {
  const deaths = [
    { from: 256, to: 512 },
    { from: 300, to: 301 },
    { from: 300, to: 301 },
  ];
  const { groups, notes, asked, results, count } = await annotated({ deaths });
  expect(groups.slice(0, 2)).toEqual([256, 1]);
  expect(groups.at(-1)).toBe(88);
  expect(notes[1]).toEqual({ from: 256, to: 257 });
  expect(asked.get("t300")).toBeUndefined();
  expect(results[300]!.error).toBe("The worker died at this text, 3 times or more");
  expect(count).toEqual({ rows: 600, errors: 1 });
  // With more tries, it is tried again.
  expect((await annotated({ deaths, tries: 4 })).asked.get("t300")).toBe(1);
  // All rows of the group were under way, but none alone, so none is given up.
  expect((await annotated({ deaths: deaths.slice(0, 1), tries: 1 })).count.errors).toBe(0);
});

it("a row without a text is an error and does not go through the model", async () => {
  const { results, asked } = await annotated({
    rows: [{ text: "a" }, { text: "", unreadable: "no text" }, { text: "b" }],
  });
  expect(results.map(({ error }) => error)).toEqual([undefined, "no text", undefined]);
  expect([...asked.keys()]).toEqual(["a", "b"]);
});
