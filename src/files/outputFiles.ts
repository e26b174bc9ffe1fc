import type { Stats } from "node:fs";
import { lstat, mkdir, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { z } from "zod";
import {
  attempt,
  folderNotEmpty,
  notARegularFile,
  outputIsFolder,
  outputIsInput,
  outputNotFolder,
  outputNotOurs,
  outputUnnamed,
} from "./errors.js";
import { identityOf } from "./identity.js";
import { writeJson } from "./json.js";
import { lockFolder } from "./lock.js";
import { LOCK, parseTemporaryName, temporaryName } from "./names.js";
import { makeFolders, nodeFs } from "./nodeFs.js";
import { syncFolder } from "./writeFile.js";
import { recoverInside, syncTree, tidy, whileBeating, writeFolderAtomically } from "./writeFolder.js";

/** Commands that write files into a folder of the user. */
export type Writer = "convert" | "data-split" | "export" | "quickstart" | "redact" | "restore";

/** The list of the files that a command has written into a folder. It may replace these, and no others. */
const listOf = (writer: Writer): string => `.nerium-${writer}.json`;

/** What no part of a path below the folder has. On Windows, `\\` separates parts, and `:` begins a drive or a stream. */
const OUTSIDE = sep === "/" ? /\0/ : /[\\:\0]/;

/** A path below the folder, as lists contain it. */
const isInside = (name: string): boolean =>
  name.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !OUTSIDE.test(part));

const listSchema = z.object({ schema_version: z.literal(1), files: z.array(z.string().refine(isInside)) });

/** Returns the files that an earlier run has written into a folder, with `/` between the parts of their names. */
export async function listed(folder: string, writer: Writer): Promise<readonly string[]> {
  const text = await readFile(join(folder, listOf(writer)), "utf8").catch(() => "null");
  try {
    return listSchema.parse(JSON.parse(text)).files;
  } catch {
    return [];
  }
}

const writeList = (folder: string, writer: Writer, files: Iterable<string>): Promise<void> =>
  writeJson(join(folder, listOf(writer)), { schema_version: 1, files: [...new Set(files)].sort() });

/** @throws NeriumError FILES_OUTPUT_IS_INPUT if a path is one of the inputs, by whatever name or link */
export async function refuseInputs(paths: Iterable<string>, inputs: readonly string[]): Promise<void> {
  const read = new Set((await Promise.all(inputs.map(identityOf))).filter((each) => each !== undefined));
  if (read.size === 0) return;
  for (const path of paths) {
    const identity = await identityOf(path);
    if (identity !== undefined && read.has(identity)) throw outputIsInput(path);
  }
}

/** A path that only a folder can have: `x/`, `x/.` */
const NAMES_FOLDER = sep === "/" ? /(^|\/)\.{0,2}$/ : /(^|[/\\])\.{0,2}$/;

/**
 * Checks the path that the user named as the output, before anything is read or written. Returns true if
 * something is there, also if it is a link that leads nowhere.
 *
 * @param kind what the command writes there
 * @throws NeriumError FILES_NOT_A_REGULAR_FILE for a device, a pipe or a socket; FILES_IS_A_FOLDER and
 *   FILES_NOT_A_FOLDER for what is of the other kind; FILES_BAD_NAME for an empty path; `FILES_…`
 */
export async function isTaken(path: string, kind: "file" | "folder"): Promise<boolean> {
  if (path === "") throw outputUnnamed();
  if (kind === "file" && NAMES_FOLDER.test(path)) throw outputIsFolder(path);
  const entry = await attempt(path, "access", () => factsAt(path, lstat));
  const found = await attempt(path, "access", () => factsAt(path, stat));
  if (found === undefined) {
    if (entry !== undefined && kind === "folder") throw outputNotFolder(path);
    return entry !== undefined;
  }
  if (!found.isFile() && !found.isDirectory()) throw notARegularFile(path);
  if (kind === "file" && found.isDirectory()) throw outputIsFolder(path);
  if (kind === "folder" && found.isFile()) throw outputNotFolder(path);
  return true;
}

/** Returns `undefined` if there is nothing, or a link that leads nowhere or to itself. */
const factsAt = (path: string, facts: (path: string) => Promise<Stats>): Promise<Stats | undefined> =>
  facts(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ELOOP") return undefined;
    throw error;
  });

/**
 * Checks that a file which the user named as the output is none of the inputs, and removes what commands that
 * were killed left beside it.
 *
 * @throws NeriumError FILES_OUTPUT_IS_INPUT
 */
export async function prepareOutputFile(path: string, inputs: readonly string[]): Promise<void> {
  await refuseInputs([path], inputs);
  await tidy(dirname(resolve(path)));
}

export interface FilesInto {
  readonly writer: Writer;
  /** Replace the files that this command has written here before. Otherwise the folder must be empty. */
  readonly replace: boolean;
  /** Names of files that will be written, as far as they are known: they are checked before the work. */
  readonly expected?: readonly string[];
  /** Which files of earlier runs to keep if there is no new one of this name. Defaults to none. */
  readonly stays?: (name: string) => boolean;
  /** Names of further files in the folder that this command has written. */
  readonly own?: readonly string[];
  /** Files that are read, and must stay. */
  readonly inputs?: readonly string[];
}

/**
 * Writes files into a folder that may contain files of the user. `build` fills a temporary folder, whose
 * files are then put in place. With `replace`, files that an earlier run has listed are replaced, or removed
 * if there is no new one of this name. Everything else in the folder stays, and the folder is there at every
 * moment.
 *
 * @throws NeriumError FILES_NOT_OURS, FILES_OUTPUT_IS_INPUT, FILES_FOLDER_NOT_EMPTY, FILES_FOLDER_LOCKED;
 *   then nothing has changed
 */
export async function writeFilesInto<T>(
  folder: string,
  build: (temporary: string) => Promise<T>,
  options: FilesInto,
): Promise<T> {
  const target = resolve(folder);
  await tidy(dirname(target));
  if ((await attempt(target, "access", () => nodeFs.kind(target))) === undefined)
    return writeFolderAtomically(target, async (temporary) => {
      const result = await build(temporary);
      await writeList(temporary, options.writer, await filesIn(temporary));
      return result;
    });
  const lock = await lockFolder(target);
  try {
    await recoverInside(target);
    return await replaceIn(target, build, options);
  } finally {
    await lock.release();
  }
}

async function replaceIn<T>(
  target: string,
  build: (temporary: string) => Promise<T>,
  { writer, replace, expected = [], stays = () => false, own = [], inputs = [] }: FilesInto,
): Promise<T> {
  const before = new Set([...(await listed(target, writer)), ...own]);
  if (!replace && (await visible(target)).length > 0) throw folderNotEmpty(target);
  await refuseForeign(target, expected, before);
  await refuseInputs(
    [...expected, ...before].map((name) => join(target, name)),
    inputs,
  );
  const temporary = temporaryName(join(target, ".nerium"), "new");
  try {
    await attempt(target, "write to", () => mkdir(temporary));
    const result = await whileBeating(temporary, () => build(temporary));
    await syncTree(temporary, nodeFs);
    const names = await filesIn(temporary);
    await refuseForeign(target, names, before);
    await refuseInputs(
      names.map((name) => join(target, name)),
      inputs,
    );
    // Both the old and the new files: if the process is killed now, the next run may replace them all.
    await writeList(target, writer, [...before, ...names]);
    for (const name of names) await put(join(temporary, name), join(target, name));
    const written = new Set(names);
    const others = [...before].filter((name) => !written.has(name));
    for (const name of others) if (!stays(name)) await removeFile(join(target, name));
    await writeList(target, writer, [...names, ...others.filter(stays)]);
    await syncFolder(target);
    return result;
  } finally {
    await nodeFs.remove(temporary).catch(() => {});
  }
}

async function put(from: string, to: string): Promise<void> {
  await attempt(to, "create", () => makeFolders(dirname(to)));
  await attempt(to, "replace", () => rename(from, to));
  await syncFolder(dirname(to));
}

/** Removes a file. A folder or a link that has taken its place stays. */
async function removeFile(path: string): Promise<void> {
  if ((await attempt(path, "access", () => nodeFs.kind(path))) === "file")
    await attempt(path, "remove", () => unlink(path));
}

/** Everything in a folder, besides what belongs to this module. */
const visible = async (folder: string): Promise<string[]> =>
  (await attempt(folder, "read", () => readdir(folder))).filter(
    (name) => name !== LOCK && parseTemporaryName(name) === undefined,
  );

/** The files below a folder, with `/` between the parts of their names. */
async function filesIn(folder: string, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for (const { name, kind } of await attempt(folder, "read", () => nodeFs.list(folder)))
    if (kind === "folder") found.push(...(await filesIn(join(folder, name), `${prefix}${name}/`)));
    else found.push(`${prefix}${name}`);
  return found;
}

/**
 * Throws if something has the place of a file to be written that this command has not written itself: a file,
 * a folder or a link of the user.
 */
async function refuseForeign(
  target: string,
  names: readonly string[],
  before: ReadonlySet<string>,
): Promise<void> {
  for (const name of names) {
    const parts = name.split("/");
    for (let depth = 1; depth <= parts.length; depth++) {
      const path = join(target, ...parts.slice(0, depth));
      const kind = await attempt(path, "access", () => nodeFs.kind(path));
      if (kind === undefined) break;
      const fits = depth < parts.length ? kind === "folder" : kind === "file" && before.has(name);
      if (!fits) throw outputNotOurs(path);
    }
  }
}

/**
 * Checks that the files which a command is going to write into a folder are free, or that it has listed them
 * and `replace` is set. Then removes what killed processes left beside them, and lists them.
 *
 * @throws NeriumError FILES_NOT_OURS, FILES_FOLDER_NOT_EMPTY; then nothing has changed
 */
export async function claimFiles(
  folder: string,
  writer: Writer,
  names: readonly string[],
  replace: boolean,
): Promise<void> {
  const before = await listed(folder, writer);
  await refuseForeign(folder, names, new Set(before));
  for (const name of replace ? [] : names)
    if ((await nodeFs.kind(join(folder, name))) !== undefined) throw folderNotEmpty(folder);
  for (const each of new Set(names.map((name) => dirname(join(folder, name))))) await tidy(each);
  await attempt(folder, "create", () => makeFolders(folder));
  await writeList(folder, writer, [...before, ...names]);
}
