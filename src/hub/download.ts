import { createHash, type Hash, randomBytes } from "node:crypto";
import { open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { attempt, makeFolders } from "../files/index.js";
import { limits } from "../limits.js";
import { isFile, type ListedFile } from "./cache.js";
import type { About, HubClient, Response } from "./client.js";
import { downloadInterrupted, fileDamaged } from "./errors.js";

export interface DownloadOptions {
  readonly about: About;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes downloaded so far. */
  readonly onBytes?: ((done: number) => void) | undefined;
}

/** A download is given up after this many answers in a row that bring nothing new, or too slowly. */
const MOST_IDLE = 5;
const TOO_SLOW = new Error("the hub sends a few bytes a minute");
/**
 * Age, in milliseconds, after which a partial file was surely abandoned by its process: a download that
 * receives no bytes is given up long before.
 */
const ABANDONED = 15 * 60_000;

/**
 * Downloads one file to `blob`. The file appears there only when it is complete and checked. A broken
 * connection is resumed where it broke, as long as each attempt brings new bytes. Several processes may
 * download the same file; the last one wins.
 *
 * @throws NeriumError HUB_FILE_DAMAGED, HUB_DOWNLOAD_INTERRUPTED, HUB_…, `FILES_…`; the partial file is
 *   removed
 */
export async function download(
  client: HubClient,
  address: string,
  file: ListedFile,
  blob: string,
  options: DownloadOptions,
): Promise<void> {
  if (await isFile(blob, file.size)) return options.onBytes?.(file.size);
  await attempt(blob, "create", () => makeFolders(dirname(blob)));
  await removeAbandoned(blob);
  const part = `${blob}.${randomBytes(4).toString("hex")}.incomplete`;
  try {
    const target = await Part.create(part, blob, file);
    try {
      await fill(target, client, address, options);
      await target.finish(`${options.about.asked}/${file.path}`);
    } finally {
      await target.close();
    }
    await attempt(blob, "rename", () => rename(part, blob));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Sends requests until all bytes have arrived. */
async function fill(
  target: Part,
  client: HubClient,
  address: string,
  options: DownloadOptions,
): Promise<void> {
  const { about, signal, onBytes } = options;
  const { file } = target;
  let etag: string | undefined;
  let furthest = 0;
  for (let idle = 0; target.done < file.size; ) {
    const before = target.done;
    const { answer, chain } = await client.request(address, {
      headers: {
        "accept-encoding": "identity", // A proxy that compresses would spoil ranges.
        ...(before === 0 ? {} : { range: `bytes=${before}-`, ...(etag && { "if-range": etag }) }),
      },
      signal,
    });
    if (!answer.ok && answer.status !== 416) throw await client.refusal(answer, about);
    // If the file is stored on another host, only the hub's own answer identifies the file; the other host
    // just serves it.
    const seen = (chain[0] ?? answer).headers.get("x-linked-etag") ?? answer.headers.get("etag") ?? undefined;
    const goesOn = answer.status === 206 && rangeStart(answer) === before && seen === etag;
    if (before > 0 && !goesOn) await target.restart();
    etag = seen;
    const isWhole = answer.status === 200 || goesOn;
    const failure = isWhole ? await target.take(answer, onBytes) : await answer.body?.cancel();
    signal?.throwIfAborted();
    idle = target.done > furthest && failure !== TOO_SLOW ? 0 : idle + 1;
    furthest = Math.max(furthest, target.done);
    if (idle === MOST_IDLE)
      throw downloadInterrupted(
        `${about.asked}/${file.path}`,
        target.done,
        file.size,
        failure ?? "the connection closes too early",
      );
  }
}

const rangeStart = (answer: Response): number =>
  Number(/^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1] ?? -1);

/** A partially downloaded file and the hash of its bytes so far. */
class Part {
  done = 0;
  private hash: Hash;

  private constructor(
    private readonly handle: Awaited<ReturnType<typeof open>>,
    private readonly blob: string,
    readonly file: ListedFile,
  ) {
    this.hash = this.freshHash();
  }

  static async create(path: string, blob: string, file: ListedFile): Promise<Part> {
    return new Part(await attempt(blob, "create", () => open(path, "wx")), blob, file);
  }

  /** LFS names a file by its sha256, git by the sha1 of a header and the content. */
  private freshHash(): Hash {
    const { sha256, size } = this.file;
    return sha256 === undefined ? createHash("sha1").update(`blob ${size}\0`) : createHash("sha256");
  }

  /**
   * Writes the body of an answer to the file. Returns the error if the connection broke or is too slow,
   * otherwise `undefined`.
   */
  async take(answer: Response, onBytes: DownloadOptions["onBytes"]): Promise<unknown> {
    const chunks = answer.body!.values();
    let measured = { done: this.done, at: performance.now() };
    try {
      for (;;) {
        if (performance.now() - measured.at > limits.slowTime) {
          if (this.done - measured.done < limits.slowBytes) return TOO_SLOW;
          measured = { done: this.done, at: performance.now() };
        }
        let next: IteratorResult<unknown>;
        try {
          next = await chunks.next();
        } catch (error) {
          return error;
        }
        if (next.done) return undefined;
        const bytes = next.value as Uint8Array;
        if (this.done + bytes.length > this.file.size) throw fileDamaged(this.file.path, "it is too long");
        await attempt(this.blob, "write", () => this.write(bytes));
        onBytes?.(this.done);
      }
    } finally {
      await chunks.return?.().catch(() => {});
    }
  }

  private async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      const { bytesWritten } = await this.handle.write(rest, 0, rest.length, this.done);
      if (bytesWritten <= 0)
        throw Object.assign(new Error("no more bytes could be written"), {
          code: "ENOSPC",
          syscall: "write",
        });
      const taken = rest.subarray(0, bytesWritten);
      this.hash.update(taken);
      this.done += taken.length;
      rest = rest.subarray(bytesWritten);
    }
  }

  async restart(): Promise<void> {
    this.done = 0;
    this.hash = this.freshHash();
    await attempt(this.blob, "write", () => this.handle.truncate(0));
  }

  /** Checks the content and flushes it to the disk. */
  async finish(name: string): Promise<void> {
    const { oid, sha256, size } = this.file;
    if (this.done !== size) throw fileDamaged(name, `${this.done} of ${size} bytes`);
    const digest = this.hash.digest("hex");
    if (digest !== (sha256 ?? oid))
      throw fileDamaged(name, `its ${sha256 === undefined ? "git hash" : "sha256"} is ${digest}`);
    await attempt(this.blob, "write", () => this.handle.sync());
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Removes partial files of this blob that killed processes left behind. */
async function removeAbandoned(blob: string): Promise<void> {
  const folder = dirname(blob);
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(basename(blob)) || !name.endsWith(".incomplete")) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > ABANDONED) await rm(path, { force: true });
  }
}
