import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Claims, standingAt } from "../../src/annotate/claims.js";
import { claimsIn, namesOf } from "../../src/annotate/folder.js";

let folder: string;
let time: number;
const names = namesOf({ model: { sha256: "0123456789abcdef" }, format: "jsonl", shards: [] }, 7);
const path = (generation: number) => join(folder, names.claim(generation));
const claims = () => new Claims(folder, { timeout: 60_000, now: () => time });
const taken = async (by: Claims) => by.take(7, names, (await claimsIn(folder)).get(7) ?? []);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nerium-claims-"));
  mkdirSync(join(folder, ".work"));
  time = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Makes a claim look like that of another process. */
function ofAnother(generation: number, change: Readonly<Record<string, unknown>>): void {
  const claim = { ...JSON.parse(readFileSync(path(generation), "utf8")), ...change };
  writeFileSync(path(generation), JSON.stringify(claim).padEnd(1024));
}

it("a shard belongs to the first who claims it, until it is given back", async () => {
  const claim = (await taken(claims()))!;
  expect(await taken(claims())).toBeUndefined();
  expect(await claim.isOurs()).toBe(true);
  await claim.release();
  expect(readdirSync(join(folder, ".work"))).toEqual([]);
  expect(await taken(claims())).toBeDefined();
});

it("of many who claim a shard at once, one gets it", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => taken(claims())));
  expect(all.filter((claim) => claim !== undefined).length).toBe(1);
});

it("a process of this machine that has ended loses its shard at once, and its rows are counted", async () => {
  const dead = (await taken(claims()))!;
  await dead.note({ from: 10, to: 20 });
  ofAnother(1, { started: "0" });
  const claim = (await taken(claims()))!;
  expect(claim).toBeDefined();
  expect([9, 10, 19, 20].map((row) => claim.tries.deathsAt(row))).toEqual([0, 1, 1, 0]);
  // The dead one finds that a higher claim is there.
  expect(await dead.isOurs()).toBe(false);
  expect(await claim.isOurs()).toBe(true);
  await claim.finish();
  expect(readdirSync(join(folder, ".work"))).toEqual([]);
});

it("a death is counted once, however often its claim is seen", async () => {
  const dead = (await taken(claims()))!;
  await dead.note({ from: 3, to: 4 });
  ofAnother(1, { started: "0" });
  (await taken(claims()))!;
  ofAnother(2, { started: "0" });
  const third = (await taken(claims()))!;
  expect(third.tries.deathsAt(3)).toBe(1);
  expect(third.tries.isGivenUp(3, 1)).toBe(true);
  expect(third.tries.isGivenUp(3, 2)).toBe(false);
});

it("a process of another machine loses its shard only after it was silent for the timeout", async () => {
  (await taken(claims()))!;
  ofAnother(1, { place: "elsewhere" });
  const watcher = claims();
  expect(await taken(watcher)).toBeUndefined();
  time = 59_000;
  expect(await taken(watcher)).toBeUndefined();
  // A sign of life. Its time can be that of a clock which is wrong.
  utimesSync(path(1), 5, 5);
  time = 61_000;
  expect(await taken(watcher)).toBeUndefined();
  time = 120_000;
  expect(await taken(watcher)).toBeUndefined();
  // Another process has seen it only now, so it waits as well.
  expect(await taken(claims())).toBeUndefined();
  time = 121_000;
  expect(await taken(watcher)).toBeDefined();
});

it("a claim that cannot be read is taken over after the timeout", async () => {
  writeFileSync(path(1), "{");
  const watcher = claims();
  expect(await taken(watcher)).toBeUndefined();
  time = 60_000;
  expect(await taken(watcher)).toBeDefined();
  expect((await standingAt(path(2)))?.claimant?.pid).toBe(process.pid);
});
