import { randomBytes } from "node:crypto";

/** `new` is being written; `old` is what it replaces, for the moment between two renames. */
export type TemporaryRole = "new" | "old";

/** A name beside `path`, on the same file system, that no other process or call picks. */
export function temporaryName(path: string, role: TemporaryRole): string {
  return `${path}.${role}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** What {@link temporaryName} put beside `base`, read back from a file name. */
export function parseTemporaryName(
  base: string,
  name: string,
): { role: TemporaryRole; pid: number } | undefined {
  if (!name.startsWith(`${base}.`)) return undefined;
  const match = /^(new|old)-(\d+)-[0-9a-f]{8}$/.exec(name.slice(base.length + 1));
  return match ? { role: match[1] as TemporaryRole, pid: Number(match[2]) } : undefined;
}
