import { afterAll, beforeAll, expect, test } from "vitest";
import { compilePrograms, type Programs } from "./child.js";

let programs: Programs;
beforeAll(() => {
  programs = compilePrograms();
});
afterAll(() => programs.remove());

test("garbage collections between all steps change no result and leave nothing behind", async () => {
  const rounds = Number(process.env.NERIUM_TEST_ROUNDS ?? 3000);
  const ended = await programs.run("collector", [String(rounds)], ["--expose-gc"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  console.log(`${ended.stdout} bytes of growth a round, over ${rounds} rounds`);
  expect(Number(ended.stdout)).toBeLessThan(1024);
});
