import { statSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join, resolve } from "node:path";

/**
 * Returns the prefix of the environment of a program, such as a Python interpreter: the folder that contains `bin`.
 *
 * @param interpreter a path, or a name to look for in `path`
 */
export function prefixOf(
  interpreter: string | undefined,
  path: string,
  platform: NodeJS.Platform,
): string | undefined {
  if (interpreter === undefined || interpreter === "") return undefined;
  const names = platform === "win32" ? [`${interpreter}.exe`, interpreter] : [interpreter];
  const isPath = isAbsolute(interpreter) || interpreter.includes("/") || interpreter.includes("\\");
  const candidates = isPath
    ? [interpreter]
    : path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const file = candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
  if (file === undefined) return undefined;
  const folder = dirname(resolve(file));
  // On Windows, python.exe of an installation is in the prefix itself, that of an environment in Scripts.
  if (platform === "win32") return /^scripts$/i.test(folder.slice(-7)) ? dirname(folder) : folder;
  return dirname(folder);
}
