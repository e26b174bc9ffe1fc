import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { NeriumError } from "../../src/errors.js";
import { lockFolder } from "../../src/files/index.js";
import { quickstart } from "../../src/quickstart/run.js";

test("a quickstart is one run: its events end once, after all of it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nerium-quickstart-"));
  const output = join(folder, "q");
  const start = async () => {
    const types: string[] = [];
    const run = quickstart({
      output,
      signal: AbortSignal.abort(),
      listeners: [({ type }) => void types.push(type)],
    });
    const outcome = await run.result().then(
      ({ reason, example }) => ({ reason, example }),
      ({ code, commandRemedy }: NeriumError) => ({ code, commandRemedy }),
    );
    return { outcome, ends: types.filter((type) => ["end", "failed", "closed"].includes(type)), types };
  };
  const stopped = await start();
  expect(stopped).toMatchObject({
    outcome: { reason: "stopped", example: undefined },
    ends: ["end", "closed"],
  });
  expect(stopped.types.at(-1)).toBe("closed");
  expect(await start()).toMatchObject({
    outcome: {
      code: "QUICKSTART_OUTPUT_EXISTS",
      // Every flag that it names must be one of the quickstart.
      commandRemedy: expect.stringMatching(/^(?!.*--resume).*--overwrite-output-dir/),
    },
    ends: ["failed", "closed"],
  });
  rmSync(folder, { recursive: true });
});

test("a quickstart writes nothing if the folder of the model is taken, or another one runs there", async () => {
  const output = mkdtempSync(join(tmpdir(), "nerium-quickstart-"));
  const failure = (folder: string) =>
    quickstart({ output: folder })
      .result()
      .catch((error: NeriumError) => error);
  mkdirSync(join(output, "model"));
  writeFileSync(join(output, "model", "mine.txt"), "");
  expect(await failure(output)).toMatchObject({ code: "QUICKSTART_OUTPUT_EXISTS" });
  rmSync(join(output, "model"), { recursive: true });
  const lock = await lockFolder(output);
  expect(await failure(output)).toMatchObject({ code: "FILES_FOLDER_LOCKED" });
  await lock.release();
  expect(readdirSync(output)).toEqual([]);
  writeFileSync(join(output, "file"), "");
  expect(await failure(join(output, "file"))).toMatchObject({ code: "FILES_NOT_A_FOLDER" });
  expect(await failure("")).toMatchObject({ code: "FILES_BAD_NAME" });
  rmSync(output, { recursive: true });
});
