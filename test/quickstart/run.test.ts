import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { NeriumError } from "../../src/errors.js";
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
