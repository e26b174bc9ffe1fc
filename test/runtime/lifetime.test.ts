import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { full } from "../breadth.js";
import { compilePrograms, type Programs } from "./child.js";

let programs: Programs;
beforeAll(() => {
  programs = compilePrograms();
});
afterAll(() => programs.remove());

test("an import loads no native library, the first use does", async () => {
  const { stdout } = await programs.run("lazy");
  expect(JSON.parse(stdout)).toEqual({ imported: 0, used: 2 });
});

describe.each(["disposed", "idle", "running", "creating"])("with a session that is %s", (state) => {
  test.each([
    ["at its normal end", "end", 0, null],
    ["after an error", "throw", 1, null],
    ["by process.exit in a callback", "exit", 0, null],
    ["by SIGTERM", "sigterm", null, "SIGTERM"],
    ["by process.exit on SIGTERM", "handler", 0, null],
  ])("the process ends %s as if there were no native code", async (_, how, code, signal) => {
    for (let time = 0; time < (full ? 2 : 1); time++) {
      const ended = await programs.run("exit", [how, state]);
      expect(ended).toMatchObject({ code, signal });
      if (how === "throw") expect(ended.stderr).toContain("on purpose");
      else expect(ended.stderr).toBe("");
    }
  });
});

test("sessions of worker threads that end in any way leave the other threads alone", async () => {
  const ended = await programs.run("worker");
  expect(ended).toEqual({ code: 0, signal: null, stdout: "main 2", stderr: "" });
});
