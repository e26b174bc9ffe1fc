import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Device and inode: the same for all names and links of a file. Returns `undefined` if there is none. */
export const identityOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => undefined,
  );

/**
 * Returns the first input that is the folder or lies inside it, by whatever name or link. A folder is also
 * inside if one of the links in it leads there.
 */
export async function firstInside(folder: string, inputs: readonly string[]): Promise<string | undefined> {
  const identity = await identityOf(folder);
  if (identity === undefined) return undefined;
  for (const input of inputs)
    for (const path of [input, ...(await linksIn(input))]) if (await isInside(path, identity)) return input;
  return undefined;
}

async function isInside(path: string, identity: string): Promise<boolean> {
  let at = await realpath(path).catch(() => undefined);
  while (at !== undefined) {
    if ((await identityOf(at)) === identity) return true;
    at = dirname(at) === at ? undefined : dirname(at);
  }
  return false;
}

const linksIn = (folder: string): Promise<string[]> =>
  readdir(folder, { withFileTypes: true }).then(
    (entries) => entries.filter((each) => each.isSymbolicLink()).map(({ name }) => join(folder, name)),
    () => [],
  );
