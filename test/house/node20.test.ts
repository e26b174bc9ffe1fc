/**
 * Code that only old Node versions need is in src/node20.ts, and only as long as these versions are
 * supported.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import * as node20 from "../../src/node20.js";

const root = resolve(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");
/** Converts a version to one number: 22.15 becomes 22015. */
const numberOf = (version: string) => {
  const [major, minor = 0] = version.split(".").map(Number);
  return major! * 1000 + minor;
};

const rows = [...read("src/node20.ts").matchAll(/^ \* \| (`.+`) \| Node ([\d.]+) \|/gm)].map(
  ([, names, from]) => ({ names: [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name!), from: from! }),
);

it("its head tells of everything in it from which Node on it is needless", () => {
  const told = rows.flatMap(({ names }) => names);
  expect(Object.keys(node20).filter((name) => !told.includes(name))).toEqual([]);
  expect(told.filter((name) => !read("src/node20.ts").includes(` ${name}`))).toEqual([]);
});

it("nothing of it is needless with the oldest Node that is supported", () => {
  const oldest = numberOf(/^>=([\d.]+)$/.exec(JSON.parse(read("package.json")).engines.node)![1]!);
  expect(rows.filter(({ from }) => numberOf(from) <= oldest)).toEqual([]);
});

it("flags of V8 and looks at what Node can do stand nowhere else", () => {
  const marks =
    /setFlagsFromString|runInThisContext|ArrayBufferDetach|zstdDecompress|asyncDispose === undefined/;
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  const marked = files.filter((file) => file.endsWith(".ts") && marks.test(read(join("src", file))));
  expect(marked).toEqual(["node20.ts"]);
});
