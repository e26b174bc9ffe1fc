import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const readme = join(root, "README.md");

it.skipIf(!existsSync(readme))("the README names the test command that .ci/run calls", () => {
  const command = readFileSync(join(root, ".ci/run"), "utf8").trimEnd().split("\n").at(-1)!;
  expect(readFileSync(readme, "utf8")).toContain(command);
});
