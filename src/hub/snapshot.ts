import { join } from "node:path";
import type { ListedFile } from "./cache.js";
import type { HubClient } from "./client.js";
import { download } from "./download.js";
import { notCached } from "./errors.js";
import { requireSafePaths } from "./paths.js";
import type { Repository } from "./repository.js";

/** How far a download is. */
export interface DownloadProgress {
  /** The repository, as it was asked for. */
  readonly name: string;
  readonly file: string;
  /** Bytes of all files that are asked for, and how many of them are there. */
  readonly done: number;
  readonly total: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Files that are downloaded at the same time. */
const AT_ONCE = 3;

/**
 * Sees to it that some files of a repository are in its snapshot folder.
 *
 * @returns the snapshot folder
 * @throws NeriumError HUB_PATH_UNSAFE, HUB_NOT_CACHED offline, those of `download`
 */
export async function fetchFiles(
  client: HubClient,
  repository: Repository,
  paths: readonly string[],
  options: FetchOptions = {},
): Promise<string> {
  const { about, cached, commit, files, unreachable } = repository;
  requireSafePaths(paths);
  const asked = new Set(paths);
  const wanted = files.filter(({ path }) => asked.has(path));
  const missing: ListedFile[] = [];
  for (const file of wanted) if (!(await cached.has(commit, sized(file)))) missing.push(file);
  const folder = cached.snapshot(commit);
  if (missing.length === 0) {
    if (!client.settings.offline && unreachable === undefined)
      await cached.remember(about.revision, commit).catch(() => {}); // A cache may be for reading only.
    return folder;
  }
  if (unreachable !== undefined) throw unreachable;
  if (client.settings.offline)
    throw notCached(about, `${missing[0]!.path} is missing`, client.settings.cache);
  await downloadAll(client, repository, missing, options);
  // Links come when everything is there: a snapshot that is begun is soon complete.
  for (const file of missing) await cached.link(commit, file);
  await cached.remember(about.revision, commit);
  return folder;
}

async function downloadAll(
  client: HubClient,
  { about, name, cached, commit }: Repository,
  files: readonly ListedFile[],
  { signal, onProgress }: FetchOptions,
): Promise<void> {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const bytes = new Map<string, number>();
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const queue = [...files];
  const kind = about.kind === "dataset" ? "datasets/" : "";
  const worker = async () => {
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      const { path } = file;
      const address = `${client.settings.endpoint}/${kind}${name}/resolve/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`;
      const onBytes = (done: number) => {
        bytes.set(path, done);
        const all = [...bytes.values()].reduce((a, b) => a + b, 0);
        onProgress?.({ name: about.asked, file: path, done: all, total });
      };
      await download(client, address, file, cached.blob(file), { about, signal: stop, onBytes });
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () =>
    worker().catch((error) => {
      failed.abort();
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers);
  const reasons = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  signal?.throwIfAborted();
  // Those that were stopped because another one failed are not what failed.
  const reason = reasons.find((each) => (each as Error).name !== "AbortError") ?? reasons[0];
  if (reason !== undefined) throw reason;
}

/** A file as its presence is asked for: without a size where nobody knows it. */
const sized = ({ path, size }: ListedFile) => (Number.isNaN(size) ? { path } : { path, size });

/** Where a file of a snapshot stands. */
export const inSnapshot = (folder: string, path: string): string => join(folder, ...path.split("/"));
