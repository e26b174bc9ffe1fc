import { randomBytes } from "node:crypto";

/**
 * `new` is being written; `old` is what it replaces, for the moment between two renames; `gone` is being removed.
 */
export type TemporaryRole = "new" | "old" | "gone";

const NAME = /^(.+)\.(new|old|gone)-(\d+)-[0-9a-f]{8}$/;

/** A name beside `path`, on the same file system, that no other process or call picks. */
export function temporaryName(path: string, role: TemporaryRole): string {
  return `${path}.${role}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** What {@link temporaryName} made of a name, read back; undefined for any other name. */
export function parseTemporaryName(
  name: string,
): { base: string; role: TemporaryRole; pid: number } | undefined {
  const match = NAME.exec(name);
  return match ? { base: match[1]!, role: match[2] as TemporaryRole, pid: Number(match[3]) } : undefined;
}
