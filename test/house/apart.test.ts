/** Test files share their loaded modules, so those that replace modules must have a process of their own. */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");

it("test files that replace modules are listed in vitest.config.ts", () => {
  const config = readFileSync(join(root, "vitest.config.ts"), "utf8");
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .map((name) => `test/${name.replaceAll("\\", "/")}`)
    .filter((name) => name.endsWith(".test.ts") && name !== "test/house/apart.test.ts");
  const replacing = files.filter((name) =>
    /\bvi\.(?:mock|doMock|hoisted|resetModules)\b|\/acquisitions\.js"/.test(
      readFileSync(join(root, name), "utf8"),
    ),
  );
  expect(replacing.length).toBeGreaterThan(3);
  expect(replacing.filter((name) => !config.includes(`"${name}"`))).toEqual([]);
});
