/**
 * Made-up files in the shapes that corpora and annotation tools have, each odd in one way, and the right answer for
 * each: the entities, or the code and the line of an error.
 */
import { describe, expect, it } from "vitest";
import { parseDataset } from "../../../src/data/index.js";
import type { NeriumError } from "../../../src/errors.js";
import { SHAPES } from "./files.js";
import { oddFiles } from "./oddities.js";
import { entitiesOf } from "./samples.js";

describe.each(SHAPES.map((shape) => [shape.name, shape] as const))("%s", (_, shape) => {
  it.each(oddFiles(shape).map(({ name, file }) => [name, file] as const))(
    "%s",
    async (_name, { bytes, answer }) => {
      const notes: string[] = [];
      const read = parseDataset(bytes, shape.file, { ...shape.options, onNote: (note) => notes.push(note) });
      if ("entities" in answer) {
        const { sentences } = await read;
        expect(sentences.flatMap(entitiesOf)).toEqual(answer.entities);
        for (const note of answer.notes ?? []) expect(notes).toContainEqual(expect.stringMatching(note));
        return;
      }
      const error = await read.then(
        ({ sentences }) => ({ code: "none", where: sentences.flatMap(entitiesOf).join(", ") }),
        (thrown: unknown) => thrown as NeriumError,
      );
      const [where] = (error.where ?? "").split(" ("); // The name of the record may follow.
      expect([error.code, where]).toEqual([answer.code, `${shape.file}:${answer.line}`]);
    },
  );
});

it("are 300 or more", () => {
  expect(SHAPES.flatMap(oddFiles).length).toBeGreaterThanOrEqual(300);
});
