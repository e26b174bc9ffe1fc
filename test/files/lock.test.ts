import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { isNeriumError } from "../../src/errors.js";
import { type FolderLock, LOCK, lockFolder, recoverInside } from "../../src/files/index.js";
import { place } from "../../src/files/processes.js";
import { Claimant } from "./claimant.js";
import { quickFolder } from "./scratch.js";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = quickFolder("lock");
  folder = join(parent, "output");
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

/** No process has this id: Linux's largest is 2^22. */
const DEAD = 2 ** 30;

const lockText = (holder: Partial<Record<"pid" | "started" | "place" | "host" | "claim", unknown>>) =>
  JSON.stringify({ pid: DEAD, started: "1", place, host: hostname(), claim: "0123abcd", ...holder });

function plant(text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, LOCK), text);
}

/** The locks that some of many claims came to; the others must have been refused as the folder is in use. */
async function claimed(claims: readonly Promise<FolderLock>[]): Promise<FolderLock[]> {
  const settled = await Promise.allSettled(claims);
  return settled.flatMap((outcome) => {
    if (outcome.status === "fulfilled") return [outcome.value];
    expect(outcome.reason).toMatchObject({ code: "FILES_FOLDER_LOCKED" });
    return [];
  });
}

describe("lockFolder", () => {
  test("makes the folder and those above, and takes them away again where nothing was put into them", async () => {
    const deep = join(folder, "a", "b");
    const lock = await lockFolder(deep);
    expect(readdirSync(deep)).toEqual([LOCK]);
    await lock.check();
    await lock.release();
    expect(readdirSync(parent)).toEqual([]);
    const again = await lockFolder(deep);
    writeFileSync(join(folder, "a", "result"), "");
    await again.release();
    expect(readdirSync(folder)).toEqual(["a"]);
    expect(readdirSync(join(folder, "a"))).toEqual(["result"]);
  });

  test("refuses while another holds it, by process and host, and lets in after the release", async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: "FILES_FOLDER_LOCKED",
      message: `${folder} is in use by process ${process.pid} on ${hostname()}`,
      where: join(folder, LOCK),
    });
    expect(readdirSync(folder)).toEqual([LOCK]);
    await lock.check();
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  test.each([
    ["a process that is dead", () => lockText({})],
    ["a living process that was started at another time", () => lockText({ pid: process.pid, started: "1" })],
  ])("takes over the lock of %s", async (_, text) => {
    plant(text());
    const lock = await lockFolder(folder);
    await lock.check();
    expect(JSON.parse(readFileSync(join(folder, LOCK), "utf8"))).toMatchObject({ pid: process.pid });
    expect(readdirSync(folder)).toEqual([LOCK]);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("takes over also where those who did so before died over it", async () => {
    plant(lockText({}));
    const succession = `${LOCK}.new-${DEAD}-0123abcd`;
    writeFileSync(join(folder, succession), lockText({ claim: "11111111" }));
    writeFileSync(join(folder, `${succession}.new-${DEAD}-11111111`), lockText({ claim: "22222222" }));
    const lock = await lockFolder(folder);
    await lock.check();
    expect(readdirSync(folder)).toEqual([LOCK]);
    await lock.release();
  });

  test("what a dead successor leaves beside a lock goes when the folder is recovered", async () => {
    plant(lockText({}));
    const lock = await lockFolder(folder);
    writeFileSync(join(folder, `${LOCK}.new-${DEAD}-0123abcd`), lockText({ claim: "11111111" }));
    await recoverInside(folder, { isOwn: true });
    expect(readdirSync(folder)).toEqual([LOCK]);
    await lock.release();
  });

  test.each([
    ["a living process whose start is not known", () => lockText({ pid: process.pid, started: null })],
  ])("refuses the lock of %s", async (_, text) => {
    plant(text());
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: "FILES_FOLDER_LOCKED" });
    expect(readFileSync(join(folder, LOCK), "utf8")).toBe(text());
    expect(readdirSync(folder)).toEqual([LOCK]);
  });

  test("a lock of another place, such as a container with this host name, is held as long as it beats", async () => {
    // The process id means another process there, even if it is the number of one that lives here.
    plant(lockText({ pid: process.pid, place: "another boot or container" }));
    const beat = setInterval(() => utimesSync(join(folder, LOCK), new Date(), new Date()), 50);
    await expect(lockFolder(folder, { patience: 2000 })).rejects.toMatchObject({
      code: "FILES_FOLDER_LOCKED",
    });
    clearInterval(beat);
    const lock = await lockFolder(folder, { patience: 200 });
    await lock.check();
    await lock.release();
  });

  test("a lock of another place that was silent for long is taken at once", async () => {
    plant(lockText({ pid: process.pid, place: "before the restart" }));
    utimesSync(join(folder, LOCK), new Date(0), new Date(0));
    await (await lockFolder(folder)).release();
  });

  test("a changed host name does not matter at the same place", async () => {
    plant(lockText({ host: "its former name" }));
    await (await lockFolder(folder)).release();
  });

  test.each(["", "{", "null", "[]", "mine", '{"pid":"1"}', lockText({ claim: "../../x" })])(
    "a lock that says %j is nobody's to take",
    async (text) => {
      plant(text);
      await expect(lockFolder(folder)).rejects.toMatchObject({ code: "FILES_LOCK_UNREADABLE" });
      expect(readFileSync(join(folder, LOCK), "utf8")).toBe(text);
    },
  );

  test("a lock that can't be read at all is an error that names it", async () => {
    mkdirSync(join(folder, LOCK), { recursive: true });
    await expect(lockFolder(folder)).rejects.toMatchObject({
      code: "FILES_IS_A_FOLDER",
      where: join(folder, LOCK),
    });
  });

  test("a file in the folder's place is an error and stays", async () => {
    writeFileSync(folder, "mine");
    const error = await lockFolder(folder).catch((thrown: unknown) => thrown);
    expect(isNeriumError(error) && error.message).toContain(folder);
    expect(readFileSync(folder, "utf8")).toBe("mine");
  });

  test.each<[string, () => void]>([
    ["removed", () => rmSync(folder, { recursive: true })],
    ["taken by another process", () => writeFileSync(join(folder, LOCK), lockText({}))],
    [
      "replaced by a file",
      () => {
        rmSync(folder, { recursive: true });
        writeFileSync(folder, "");
      },
    ],
  ])("a folder that was %s is no longer ours, and the release touches nothing", async (_, harm) => {
    const lock = await lockFolder(folder);
    harm();
    await expect(lock.check()).rejects.toMatchObject({ code: "FILES_LOCK_LOST" });
    const before = readdirSync(parent, { recursive: true });
    await lock.release();
    expect(readdirSync(parent, { recursive: true })).toEqual(before);
  });
});

describe("C6: of many that race for a lock, one gets it", () => {
  test("in one process, whoever begins and however many before died", async () => {
    const rounds = 300;
    for (let round = 0; round < rounds; round++) {
      rmSync(folder, { recursive: true, force: true });
      const deaths = round % 3;
      if (deaths > 0) plant(lockText({ claim: "aaaaaaaa" }));
      if (deaths > 1) writeFileSync(join(folder, `${LOCK}.new-${DEAD}-aaaaaaaa`), lockText({}));
      const racers = 2 + (round % 5);
      const winners = await claimed(Array.from({ length: racers }, () => lockFolder(folder)));
      expect(winners).toHaveLength(1);
      await winners[0]!.check();
      expect(readdirSync(folder)).toEqual([LOCK]);
      await winners[0]!.release();
    }
    console.log(`C6: ${rounds} races of 2 to 6 in one process, one winner each`);
  });

  test("a lock that is given back and taken again and again is never held twice", async () => {
    plant(lockText({}));
    let holders = 0;
    let times = 0;
    const racer = async () => {
      while (times < 100) {
        const lock = await lockFolder(folder).catch((error: unknown) => {
          expect(error).toMatchObject({ code: "FILES_FOLDER_LOCKED" });
        });
        if (lock === undefined) continue;
        expect(++holders).toBe(1);
        times++;
        await lock.check();
        holders--;
        // A process that dies leaves its lock, one that ends takes it away.
        if (times % 2) await lock.release();
        else {
          // At once, as a lock is written: a reader beside must not find half of it.
          const draft = join(folder, "draft");
          writeFileSync(draft, lockText({ claim: times.toString(16).padStart(8, "0") }));
          renameSync(draft, join(folder, LOCK));
        }
      }
    };
    await Promise.all([racer(), racer(), racer(), racer()]);
    console.log(`C6: a lock taken ${times} times by four in turn, never by two at once`);
  });

  describe("between processes", () => {
    let claimants: readonly Claimant[] = [];
    afterAll(() => Promise.all(claimants.map((claimant) => claimant.kill())));

    test("for a stale lock, and for none", async () => {
      const rounds = 100;
      claimants = await Promise.all([Claimant.start(), Claimant.start()]);
      // A holder that has really been killed, rather than a number that no process has.
      const killed = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
      const gone = new Promise((resolve) => killed.once("exit", resolve));
      killed.kill("SIGKILL");
      await gone;
      for (let round = 0; round < rounds; round++) {
        rmSync(folder, { recursive: true, force: true });
        if (round % 4 > 0) plant(lockText({ pid: killed.pid }));
        const answers = await Promise.all(claimants.map((claimant) => claimant.told({ folder })));
        expect(answers.sort()).toEqual(["FILES_FOLDER_LOCKED", "claimed"]);
        expect(readdirSync(folder)).toEqual([LOCK]);
        await Promise.all(claimants.map((claimant) => claimant.told(null)));
        expect(existsSync(join(folder, LOCK))).toBe(false);
      }
      console.log(`C6: ${rounds} races of two processes, one winner each`);
    });
  });
});
