import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  attempt,
  type FolderLock,
  LOCK,
  lockFolder,
  readWholeText,
  recoverInside,
  writeJson,
} from "../files/index.js";
import { Owned } from "../owned.js";
import { notOurWork, planChanged } from "./errors.js";

const PLAN = "plan.json";

/** What a command is going to do. Everything that decides about its result is in it. */
export interface Plan {
  /** The name of the command, such as `nerium data suspects`. */
  readonly command: string;
  /** Further parts, by the name that an error gives them. */
  readonly [part: string]: unknown;
}

/**
 * Locks the output folder of a command that trains several models, and notes its plan there. If the folder already has the same
 * plan, the command continues. Release the lock at the end.
 *
 * @throws NeriumError IMPROVE_PLAN_CHANGED, IMPROVE_OUTPUT_EXISTS, FILES_FOLDER_LOCKED, `FILES_…`
 */
export const openWorkFolder = (folder: string, plan: Plan): Promise<FolderLock> =>
  Owned.making(async (owned) => {
    const lock = owned.own(await lockFolder(folder), "release");
    await recoverInside(folder, { isOwn: true });
    const before = await planIn(folder);
    if (before === undefined) {
      const names = (await attempt(folder, "read", () => readdir(folder))).filter((name) => name !== LOCK);
      if (names.length > 0) throw notOurWork(folder, plan.command);
      await writeJson(join(folder, PLAN), plan);
      return lock;
    }
    if (before.command !== plan.command) throw notOurWork(folder, plan.command);
    const changed = Object.keys(plan).filter(
      (part) => JSON.stringify(before[part]) !== JSON.stringify(plan[part]),
    );
    if (changed.length > 0) throw planChanged(folder, plan.command, changed);
    return lock;
  });

async function planIn(folder: string): Promise<Plan | undefined> {
  try {
    const plan = JSON.parse(await readWholeText(join(folder, PLAN))) as unknown;
    return typeof plan === "object" && plan !== null && "command" in plan ? (plan as Plan) : undefined;
  } catch {
    return undefined;
  }
}
