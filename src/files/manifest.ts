import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import { counted } from "../counted.js";
import { writeJson } from "./json.js";
import type { FsPort, NewFileFacts } from "./port.js";
import { readWholeText } from "./wholeFile.js";
import { type WriteFolderOptions, writeFolderAtomically } from "./writeFolder.js";

/** The list of a folder's files. It is written last, so that a reader can recognise an incomplete folder. */
export const MANIFEST = "manifest.json";

const manifestSchema = z.object({
  schema_version: z.literal(1),
  files: z.record(
    z.string(),
    z.object({ size: z.number().int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;
type Digests = Map<string, NewFileFacts>;

/**
 * Wraps a file system so that it records the size and sha256 of every file that is written, under its final
 * name.
 */
function digesting(fs: FsPort): { readonly fs: FsPort; readonly digests: Digests } {
  const digests: Digests = new Map();
  const hashed: FsPort = {
    ...fs,
    open: (path, purpose) => fs.open(path, purpose, (facts) => digests.set(resolve(path), facts)),
    async rename(from, to) {
      await fs.rename(from, to);
      const digest = digests.get(resolve(from));
      digests.delete(resolve(from));
      if (digest !== undefined) digests.set(resolve(to), digest);
    },
  };
  return { fs: hashed, digests };
}

/**
 * Writes a folder like {@link writeFolderAtomically}, and writes a manifest of sizes and sha256 as its last
 * file. `build` must write through the file system that it gets.
 *
 * @throws NeriumError `FILES_…`; errors of `build` are passed on unchanged, and the unfinished folder is
 *   removed
 */
export function writeFolderWithManifest(
  folder: string,
  build: (temporary: string, fs: FsPort) => Promise<void>,
  options: WriteFolderOptions,
  port: FsPort,
): Promise<void> {
  const { fs, digests } = digesting(port);
  return writeFolderAtomically(
    folder,
    async (temporary) => {
      await build(temporary, fs);
      const names = [...digests].map(
        ([path, digest]) => [relative(resolve(temporary), path).split(sep).join("/"), digest] as const,
      );
      const files = Object.fromEntries(names.sort(([a], [b]) => (a < b ? -1 : 1)));
      const manifest: Manifest = { schema_version: 1, files };
      await writeJson(join(temporary, MANIFEST), manifest, fs);
    },
    options,
    port,
  );
}

/**
 * Checks a folder that was written with a manifest. Returns what is wrong with it, or `undefined` if every
 * file is there and unchanged. Reads all files completely.
 */
export async function folderDamage(folder: string): Promise<string | undefined> {
  const manifest = await readManifest(folder);
  if (typeof manifest === "string") return manifest;
  for (const [name, { size, sha256 }] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return `${name} is missing`;
    if (found.size !== size) return `${name} has ${counted(found.size, "byte")} instead of ${size}`;
    const digest = await sha256OfFile(path).catch((error: Error) => error.message);
    if (digest !== sha256) return `${name} has changed (its sha256 differs)`;
  }
  return undefined;
}

async function readManifest(folder: string): Promise<Manifest | string> {
  const text = await readWholeText(join(folder, MANIFEST)).catch(() => undefined);
  if (text === undefined) return `${MANIFEST} is missing`;
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch {
    return `could not read ${MANIFEST}`;
  }
}

/** Returns the sha256 of a text in UTF-8, in hexadecimal. */
export const sha256 = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex");

/** Returns the sha256 of a file, in hexadecimal. Does not block the event loop between chunks. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
