import { afterAll, beforeAll, expect, test } from "vitest";
import { full } from "../breadth.js";
import { compilePrograms, type Programs } from "./child.js";

let programs: Programs;
beforeAll(() => {
  programs = compilePrograms();
});
afterAll(() => programs.remove());

test("garbage collections between all steps change no result and leave nothing behind", async () => {
  const ended = await programs.run("collector", full ? ["300", "20000"] : ["100", "8000"], ["--expose-gc"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  console.log(`${ended.stdout} bytes of growth each time`);
  expect(Number(ended.stdout)).toBeLessThan(1024);
});
