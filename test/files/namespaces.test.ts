/** Locks between two containers: processes in different process number namespaces of one machine, with one host name. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LOCK } from "../../src/files/index.js";
import { Claimant } from "./claimant.js";
import { quickFolder } from "./scratch.js";

/** The options of unshare(1) that this user may use, or `undefined`. */
function namespaceOptions(): string[] | undefined {
  const forks = ["--fork", "--kill-child", "--mount-proc"];
  const choices = [forks, ["--user", "--map-root-user", ...forks]];
  return choices.find((options) => spawnSync("unshare", ["--pid", "--uts", ...options, "true"]).status === 0);
}

const options = namespaceOptions();
const container = ["unshare", "--pid", ...(options ?? [])];
/** A container with a host name of its own. */
const renamed = [
  ...["unshare", "--pid", "--uts", ...(options ?? [])],
  ...["sh", "-c", 'echo pod-2 > /proc/sys/kernel/hostname; exec "$@"', "sh"],
];

/** Long enough for a sign of life, which comes every five seconds. The claim ends at the first one. */
const PATIENT = 60_000;
/** Enough for a lock whose holder is dead: there is none to wait for. */
const IMPATIENT = 500;

describe.skipIf(options === undefined)(
  "locks between containers (skipped where unshare is not permitted)",
  () => {
    let parent: string;
    let folder: string;
    const claimants: Claimant[] = [];
    beforeEach(() => {
      parent = quickFolder("namespaces");
      folder = join(parent, "output");
    });
    afterEach(async () => {
      await Promise.all(claimants.splice(0).map((claimant) => claimant.kill()));
      rmSync(parent, { recursive: true });
    });
    async function started(inside: readonly string[]): Promise<Claimant> {
      const claimant = await Claimant.start(inside);
      claimants.push(claimant);
      return claimant;
    }
    const lock = () => readFileSync(join(folder, LOCK), "utf8");

    test("a living lock is respected, and a dead one is taken over", async () => {
      const [holder, other] = await Promise.all([started(container), started(container)]);
      expect(await holder.told({ folder })).toBe("claimed");
      const held = lock();
      // The holder is the first process of its namespace, as the other is of its own.
      expect(JSON.parse(held)).toMatchObject({ pid: 1 });
      expect(await other.told({ folder, patience: PATIENT })).toBe("FILES_FOLDER_LOCKED");
      expect(lock()).toBe(held);
      expect(readdirSync(folder)).toEqual([LOCK]);

      await holder.kill();
      expect(lock()).toBe(held);
      expect(await other.told({ folder, patience: IMPATIENT })).toBe("claimed");
      expect(lock()).not.toBe(held);
      expect(readdirSync(folder)).toEqual([LOCK]);
      await other.told(null);
      expect(readdirSync(parent)).toEqual(["output"]);
    });

    test("a restart under another host name takes over the dead lock, and respects a living one", async () => {
      const [holder, restarted] = await Promise.all([started(container), started(renamed)]);
      expect(await holder.told({ folder })).toBe("claimed");
      await holder.kill();
      expect(await restarted.told({ folder, patience: IMPATIENT })).toBe("claimed");
      expect(JSON.parse(lock())).toMatchObject({ host: "pod-2", pid: 1 });
      const third = await started(container);
      expect(await third.told({ folder, patience: PATIENT })).toBe("FILES_FOLDER_LOCKED");
    });

    test("another host name at the same place needs no watching", async () => {
      const here = renamed.filter(
        (option) => !["--pid", "--fork", "--kill-child", "--mount-proc"].includes(option),
      );
      const [holder, restarted] = await Promise.all([started([]), started(here)]);
      expect(await holder.told({ folder })).toBe("claimed");
      // The process number says that the holder lives. If its lock were watched, this would be too short.
      expect(await restarted.told({ folder, patience: 0 })).toBe("FILES_FOLDER_LOCKED");
      await holder.kill();
      expect(await restarted.told({ folder, patience: 0 })).toBe("claimed");
    });
  },
);
