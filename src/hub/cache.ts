import { randomBytes } from "node:crypto";
import { copyFile, lstat, rename, rm, stat, symlink } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { z } from "zod";
import { attempt, makeFolders, readWholeText, writeFileAtomically } from "../files/index.js";
import type { Named } from "./errors.js";
import { requireSafePaths } from "./paths.js";
import { pathsUnder } from "./pathsUnder.js";

/** A file in the listing of a commit. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  /** The blob's sha1 in git; for an LFS file, the sha1 of its pointer. */
  readonly oid: string;
  /** The sha256 of an LFS file's content. */
  readonly sha256: string | undefined;
  readonly xetHash: string | undefined;
}

/** Returns the name of a file's blob in the cache, which is the ETag that the hub gives it. */
export const etagOf = ({ sha256, oid }: ListedFile): string => sha256 ?? oid;

const HEX = /^[0-9a-f]+$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Returns true for a full commit hash, which always means the same state. */
export const isCommit = (revision: string): boolean => COMMIT.test(revision);

/** The format in which huggingface_hub stores a repository's listing, in `trees/<commit>.json`. */
const tree = z.object({
  format_version: z.literal(1),
  files: z.record(
    z.string(),
    z.object({
      size: z.int().nonnegative(),
      blob_id: z.string().regex(HEX),
      lfs_sha256: z.string().regex(HEX).nullish(),
      lfs_size: z.int().nonnegative().nullish(),
      xet_hash: z.string().nullish(),
    }),
  ),
});

/**
 * One repository in the cache, in the layout of huggingface_hub:
 *
 *     models--org--name/blobs/<etag>                     contents, named by sha256 or git's sha1
 *                       snapshots/<commit>/<file>        links to the blobs
 *                       refs/<branch or tag>             the last known commit of the branch or tag
 *                       trees/<commit>.json              the listing
 *
 * @see https://huggingface.co/docs/huggingface_hub/guides/manage-cache
 */
export class CachedRepository {
  private constructor(readonly folder: string) {}

  static of(cache: string, kind: Named["kind"], name: string): CachedRepository {
    return new CachedRepository(join(cache, [`${kind}s`, ...name.split("/")].join("--")));
  }

  /**
   * Returns the place of a repository that was requested by an old name. If the old name has a folder, as
   * Python may have made it, that folder is used. Otherwise the folder of the real name is used, and the old
   * name becomes a link to it, so that it also works when the hub cannot be reached.
   */
  static async renamed(
    cache: string,
    kind: Named["kind"],
    asked: string,
    name: string,
  ): Promise<CachedRepository> {
    const old = CachedRepository.of(cache, kind, asked);
    const real = CachedRepository.of(cache, kind, name);
    if (asked === name) return real;
    const there = await lstat(old.folder).catch(() => undefined);
    if (there?.isDirectory()) return old;
    if (there === undefined) {
      await attempt(real.folder, "create", () => makeFolders(real.folder));
      await symlink(
        process.platform === "win32" ? resolve(real.folder) : relative(cache, real.folder),
        old.folder,
        "junction",
      ).catch(() => {}); // Optional: without the link, offline use needs the real name.
    }
    return real;
  }

  blob(file: ListedFile): string {
    return join(this.folder, "blobs", etagOf(file));
  }

  snapshot(commit: string): string {
    return join(this.folder, "snapshots", commit);
  }

  /** Returns the commit that a revision meant when the hub was last asked. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    requireSafePaths([revision]);
    const text = await readWholeText(join(this.folder, "refs", ...revision.split("/"))).catch(() => "");
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  /** Stores which commit a revision means. */
  async remember(revision: string, commit: string): Promise<void> {
    if (isCommit(revision) || (await this.commitOf(revision)) === commit) return;
    await this.put(join(this.folder, "refs", ...revision.split("/")), commit);
  }

  /** Returns the stored listing of a commit, or `undefined` if there is none or it cannot be read. */
  async listing(commit: string): Promise<readonly ListedFile[] | undefined> {
    const text = await readWholeText(join(this.folder, "trees", `${commit}.json`)).catch(() => undefined);
    if (text === undefined) return undefined;
    try {
      return Object.entries(tree.parse(JSON.parse(text)).files).map(([path, file]) => ({
        path,
        size: file.lfs_size ?? file.size,
        oid: file.blob_id,
        sha256: file.lfs_sha256 ?? undefined,
        xetHash: file.xet_hash ?? undefined,
      }));
    } catch {
      return undefined; // Damaged, or written by a newer version: the hub is asked again.
    }
  }

  async store(commit: string, files: readonly ListedFile[]): Promise<void> {
    const entries = files.map(({ path, size, oid, sha256, xetHash }) => {
      const lfs = sha256 === undefined ? {} : { lfs_sha256: sha256, lfs_size: size };
      const xet = xetHash === undefined ? {} : { xet_hash: xetHash };
      return [path, { size, blob_id: oid, ...lfs, ...xet }] as const;
    });
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify({ format_version: 1, files: Object.fromEntries(entries) }, null, 1);
    await this.put(join(this.folder, "trees", `${commit}.json`), text);
  }

  /** Returns the paths of a snapshot's files. Used if the cache has no listing. */
  present(commit: string): Promise<string[]> {
    return pathsUnder(this.snapshot(commit)).catch(() => []);
  }

  /** Returns true if a file of a snapshot exists and, if the size is known, has that size. */
  async has(commit: string, file: Pick<ListedFile, "path"> & { readonly size?: number }): Promise<boolean> {
    return isFile(join(this.snapshot(commit), file.path), file.size);
  }

  /** Adds a blob to a snapshot as a relative link, or as a copy if links are not allowed. */
  async link(commit: string, file: ListedFile): Promise<void> {
    const pointer = join(this.snapshot(commit), file.path);
    if (await isFile(pointer, file.size)) return;
    const blob = this.blob(file);
    await attempt(pointer, "create", () => makeFolders(dirname(pointer)));
    const temporary = `${pointer}.${randomBytes(4).toString("hex")}.incomplete`;
    try {
      await symlink(relative(dirname(pointer), blob), temporary).catch(() => copyFile(blob, temporary));
      await rename(temporary, pointer);
    } catch (error) {
      await rm(temporary, { force: true });
      // Another process was faster.
      if (!(await isFile(pointer, file.size))) await attempt(pointer, "write", () => Promise.reject(error));
    }
  }

  /** Writes a small file completely or not at all. Several processes may write it at the same time. */
  private async put(path: string, text: string): Promise<void> {
    await attempt(path, "create", () => makeFolders(dirname(path)));
    await writeFileAtomically(path, text);
  }
}

/** Returns true if there is a file of this size. Follows links. */
export async function isFile(path: string, size: number | undefined): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true && (size === undefined || found.size === size);
}
