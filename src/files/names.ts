import { randomBytes, randomInt } from "node:crypto";
import { isAlive, placeTag, startTag } from "./processes.js";

/** `new` is being written; `old` is being replaced and is removed afterwards; `gone` is being removed. */
export type TemporaryRole = "new" | "old" | "gone";

/** The lock file, which says which process uses a folder. */
export const LOCK = ".nerium.lock";

/** Long enough that no file of the user has such a name by chance, such as `backup.old-20240131-20240201`. */
const NAME = /^(.+)\.(new|old|gone)-(\d+)-([0-9a-f]{6})([0-9a-f]{6})[0-9a-f]{8}$/;

/** A lock to replace the lock of a dead process, which is named after that process. */
const SUCCESSION = /^(\.nerium\.lock(?:\..+)?)\.(new)-(\d+)-[0-9a-f]{8}$/;

export const successionName = (path: string, holder: { pid: number; claim: string }): string =>
  `${path}.new-${holder.pid}-${holder.claim}`;

const ownStart = startTag(process.pid);

/**
 * Returns a name next to `path`, on the same file system, that no other process or call uses. It ends with a letter, so that
 * scripts that look for `checkpoint-*[0-9]` do not take an unfinished checkpoint for a whole one.
 */
export function temporaryName(path: string, role: TemporaryRole): string {
  const random = `${randomBytes(4).toString("hex").slice(1)}${"abcdef"[randomInt(6)]}`;
  return `${path}.${role}-${process.pid}-${placeTag}${ownStart}${random}`;
}

/** A temporary name in parts. */
export interface TemporaryName {
  readonly base: string;
  readonly role: TemporaryRole;
  readonly pid: number;
  /** Whether the process that made it runs; `unknown` if it ran on another machine or in another container. */
  readonly maker: () => "alive" | "dead" | "unknown";
}

/**
 * Parses a name made by {@link temporaryName} or {@link successionName}. Returns `undefined` for any other
 * name.
 */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  const match = NAME.exec(name) ?? SUCCESSION.exec(name);
  if (match === null) return undefined;
  const [, base, role, digits, atPlace, start] = match;
  const pid = Number(digits);
  return {
    base: base!,
    role: role as TemporaryRole,
    pid,
    maker() {
      if (atPlace !== undefined && atPlace !== placeTag) return "unknown";
      const runs = isAlive(pid) && (start === undefined || start === startTag(pid));
      return runs ? "alive" : "dead";
    },
  };
}
