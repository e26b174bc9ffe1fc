import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { NeriumWarning } from "../errors.js";
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

/** The file of the plan in the output folder. */
export const PLAN = "plan.json";

/** What a command is going to do. Everything that decides about its result is in it. */
export interface Plan {
  /** The name of the command, such as `nerium data suspects`. */
  readonly command: string;
  /** Further parts, by the name that an error gives them. */
  readonly [part: string]: unknown;
}

/**
 * Locks the output folder of a command that trains several models, and notes its plan there. If the folder already has the same
 * plan, the command continues. Another plan replaces it as long as there are no results. Release the lock at the end.
 *
 * @param isResult tells by its name whether a file or folder in the folder contains results
 * @throws NeriumError IMPROVE_PLAN_CHANGED, IMPROVE_OUTPUT_EXISTS, FILES_FOLDER_LOCKED, `FILES_…`
 */
export const openWorkFolder = (
  folder: string,
  plan: Plan,
  isResult: (name: string) => boolean,
): Promise<FolderLock> =>
  Owned.making(async (owned) => {
    const lock = owned.own(await lockFolder(folder), "release");
    await recoverInside(folder, { isOwn: true });
    const before = await planIn(folder);
    const names = (await attempt(folder, "read", () => readdir(folder))).filter(
      (name) => name !== LOCK && name !== PLAN,
    );
    if (before === undefined ? names.length > 0 : before.command !== plan.command)
      throw notOurWork(folder, plan.command);
    const changed = Object.keys(plan).filter(
      (part) => JSON.stringify(before?.[part]) !== JSON.stringify(plan[part]),
    );
    if (changed.length === 0) return lock;
    if (names.some(isResult)) throw planChanged(folder, plan.command, changed);
    await writeJson(join(folder, PLAN), plan);
    return lock;
  });

/** Says what is already in the folder of a command. What the command would take may be measured before the folder is free. */
export async function foundWork(folder: string, command: string): Promise<NeriumWarning | undefined> {
  const names = await readdir(folder).catch(() => []);
  if (names.every((name) => name === LOCK)) return undefined;
  if ((await planIn(folder))?.command === command)
    return {
      code: "OUTPUT_CONTINUED",
      message: `${folder} contains the work of an earlier call, which the command would continue. The figures are for a new one.`,
    };
  const { message, code } = notOurWork(folder, command);
  return {
    code: "OUTPUT_TAKEN",
    message: `${message}: ${folder}. The command would end with the error ${code}.`,
  };
}

async function planIn(folder: string): Promise<Plan | undefined> {
  try {
    const plan = JSON.parse(await readWholeText(join(folder, PLAN))) as unknown;
    return typeof plan === "object" && plan !== null && "command" in plan ? (plan as Plan) : undefined;
  } catch {
    return undefined;
  }
}
