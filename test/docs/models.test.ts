import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { familyOf, modelTypes } from "../../src/models/index.js";
import { testIo } from "../cli/testIo.js";

const page = readFileSync(resolve(import.meta.dirname, "../../docs/models.md"), "utf8");

async function listed() {
  const { io, stdout } = testIo();
  expect(await nerium(["models", "--json"], io)).toBe(0);
  return JSON.parse(stdout.text) as readonly {
    readonly modelTypes: readonly string[];
    readonly pretrained: readonly { readonly name: string; readonly longest: number }[];
  }[];
}

it("docs/models.md has a row for every model_type", () => {
  for (const type of modelTypes) expect(page).toMatch(new RegExp(`^\\|[^|]*\`${type}\``, "m"));
});

it("docs/models.md recommends models that nerium models lists", async () => {
  const names = (await listed()).flatMap(({ pretrained }) => pretrained.map(({ name }) => name));
  const recommended = [...page.matchAll(/`([\w-]+\/[\w.-]+)`/g)].map(([, name]) => name);
  expect(recommended.length).toBeGreaterThan(5);
  expect(recommended.filter((name) => !names.includes(name!))).toEqual([]);
});

it("nerium models lists all families and types, each with models", async () => {
  const all = await listed();
  expect(all.flatMap((each) => each.modelTypes).sort()).toEqual([...modelTypes].sort());
  for (const { pretrained } of all) expect(pretrained.length).toBeGreaterThan(0);
  for (const type of modelTypes) expect(familyOf(type)!.goodFor).toMatch(/\.$/);
});

it("nerium models prints one line per model", async () => {
  const { io, stdout } = testIo();
  expect(await nerium(["models"], io)).toBe(0);
  for (const { pretrained } of await listed())
    for (const { name } of pretrained) expect(stdout.text).toMatch(new RegExp(`^  ${name} `, "m"));
});
