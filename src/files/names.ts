import { randomBytes } from "node:crypto";

/** `new` is being written; `old` is being replaced and is removed afterwards; `gone` is being removed. */
export type TemporaryRole = "new" | "old" | "gone";

const NAME = /^(.+)\.(new|old|gone)-(\d+)-[0-9a-f]{8}$/;

/** Returns a name next to `path`, on the same file system, that no other process or call uses. */
export function temporaryName(path: string, role: TemporaryRole): string {
  return `${path}.${role}-${process.pid}-${randomBytes(4).toString("hex")}`;
}

/** Parses a name made by {@link temporaryName}. Returns `undefined` for any other name. */
export function parseTemporaryName(
  name: string,
): { base: string; role: TemporaryRole; pid: number } | undefined {
  const match = NAME.exec(name);
  return match ? { base: match[1]!, role: match[2] as TemporaryRole, pid: Number(match[3]) } : undefined;
}
