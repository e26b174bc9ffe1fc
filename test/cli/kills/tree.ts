import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { timeless } from "../../train/outputBytes.js";

/** What is below a folder, by path: `folder`, `link to X`, or the hash of a file. */
export type Tree = ReadonlyMap<string, string>;

/** Files that record times and the machine. They must exist, but their bytes may differ. */
const VARYING = /(^|\/)((run_state|training_args|manifest)\.json|\.nerium-run\.jsonl)$/;

/** Reads everything below a folder, without what depends on the clock. */
export function treeOf(root: string): Tree {
  const tree = new Map<string, string>();
  const walk = (folder: string, prefix: string) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const name = `${prefix}${entry.name}`;
      if (entry.isDirectory()) {
        tree.set(name, "folder");
        walk(path, `${name}/`);
      } else if (entry.isSymbolicLink()) tree.set(name, `link to ${readlinkSync(path)}`);
      else tree.set(name, VARYING.test(name) ? "varies" : digestOf(path, root));
    }
  };
  walk(root, "");
  return tree;
}

function digestOf(path: string, root: string): string {
  const bytes = readFileSync(path);
  const compared = /\.(jsonl?|md)$/.test(path) ? timeless(bytes.toString(), root) : bytes;
  return createHash("sha256").update(compared).digest("hex");
}

/** Names of what Nerium writes while it works, and removes at the end. */
const TEMPORARY = /(^|\/)(\.nerium\.lock(\/|$|\.)|[^/]+\.(new|old|gone)-\d+-[0-9a-f]{20}(\/|$))/;

/** The list of a command's files, which names the old and the new ones while they are put in place. */
const LIST = /(^|\/)\.nerium-[a-z-]+\.json$/;

/**
 * What a kill must not have done, one line each: everything has its old or its new content, what the command
 * does not write is untouched, and only temporary names are new.
 *
 * @param passing names that also have other contents, or come and go, while the command runs
 */
export function harm(
  now: Tree,
  { before, after, passing }: { before: Tree; after: Tree; passing: (name: string) => boolean },
): string[] {
  const wrong: string[] = [];
  for (const [name, old] of before) {
    if (now.has(name) || passing(name)) continue;
    if (after.has(name)) wrong.push(`${name} is missing (${old})`);
  }
  for (const [name, found] of now) {
    if (found === before.get(name) || found === after.get(name)) continue;
    if (passing(name) || TEMPORARY.test(name)) continue;
    if (LIST.test(name) && (before.has(name) || after.has(name))) continue;
    wrong.push(before.has(name) || after.has(name) ? `${name} has other bytes` : `${name} should not exist`);
  }
  return wrong;
}

/** What differs between two trees, one line each. */
export const differences = (now: Tree, expected: Tree): string[] =>
  [...new Set([...now.keys(), ...expected.keys()])]
    .filter((name) => now.get(name) !== expected.get(name))
    .map((name) =>
      !expected.has(name)
        ? `${name} should not exist`
        : now.has(name)
          ? `${name} has other bytes`
          : `${name} is missing`,
    );

/** True if some of the files that the command replaces have their new content, and others the old one. */
export function isMixed(now: Tree, { before, after }: { before: Tree; after: Tree }): boolean {
  const replaced = [...before.keys()].filter(
    (name) => before.get(name) !== after.get(name) && !LIST.test(name) && after.has(name),
  );
  const fresh = replaced.filter((name) => now.get(name) === after.get(name)).length;
  return fresh > 0 && fresh < replaced.length;
}
