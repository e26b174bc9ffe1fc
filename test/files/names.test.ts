import { expect, test } from "vitest";
import { parseTemporaryName, temporaryName } from "../../src/files/names.js";

test("temporary names differ, are recognized, and never end with a digit, as checkpoints do", () => {
  const names = Array.from({ length: 200 }, () => temporaryName("checkpoint-20", "new"));
  expect(new Set(names).size).toBe(200);
  for (const name of names) {
    expect(name).not.toMatch(/\d$/);
    expect(parseTemporaryName(name)).toMatchObject({ base: "checkpoint-20", role: "new", pid: process.pid });
  }
});
