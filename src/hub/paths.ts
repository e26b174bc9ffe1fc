import { pathUnsafe } from "./errors.js";

/** Names that Windows reserves for devices, with any extension. */
const DEVICES = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/**
 * Returns why a path in a repository must not be written on this or another operating system; `undefined` if
 * it is safe.
 */
export function pathDanger(path: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this check searches for control characters.
  if (/[\u0000-\u001f\u007f]/.test(path)) return "it contains control characters";
  if (/^[A-Za-z]:/.test(path)) return "it starts with a drive letter";
  if (/^[\\/]/.test(path)) return "it is an absolute path";
  const parts = path.split(/[\\/]/);
  if (parts.includes("..")) return "it leads out of its folder";
  if (parts.some((part) => part === "" || part === ".")) return "it contains empty parts";
  if (path.includes("\\")) return "it contains a backslash";
  if (/[:<>"|?*]/.test(path)) return "it contains characters that Windows does not allow";
  if (parts.some((part) => DEVICES.test(part))) return "it contains a device name of Windows";
  if (parts.some((part) => /[. ]$/.test(part))) return "a part of it ends with a dot or a space";
  if (Buffer.byteLength(path) > 1000 || parts.some((part) => Buffer.byteLength(part) > 255))
    return "it is too long";
  return undefined;
}

/**
 * Refuses paths that lead out of the folder, that some operating systems cannot store, or that differ only in
 * letter case.
 *
 * @throws NeriumError HUB_PATH_UNSAFE
 */
export function requireSafePaths(paths: Iterable<string>): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const danger = pathDanger(path);
    if (danger !== undefined) throw pathUnsafe(path, danger);
    const folded = path.normalize("NFC").toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined && other !== path)
      throw pathUnsafe(path, `it differs from ${other} only in letter case`);
    seen.set(folded, path);
  }
}
