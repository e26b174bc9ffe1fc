import { join } from "node:path";
import type { ListedFile } from "./cache.js";
import type { HubClient } from "./client.js";
import { download } from "./download.js";
import { notCached } from "./errors.js";
import { requireSafePaths } from "./paths.js";
import type { Repository } from "./repository.js";

/** The progress of a download. */
export interface DownloadProgress {
  /** The repository, by the name that was requested. */
  readonly name: string;
  readonly file: string;
  /** Bytes of all files to download, and how many of them have arrived. */
  readonly done: number;
  readonly total: number;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** Number of files that are downloaded at the same time. */
const AT_ONCE = 3;

/**
 * Makes sure that the given files of a repository are in its snapshot folder.
 *
 * @returns the snapshot folder
 * @throws NeriumError HUB_PATH_UNSAFE, HUB_NOT_CACHED if offline, and the errors of `download`
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
      await cached.remember(about.revision, commit).catch(() => {}); // The cache may be read-only.
    return folder;
  }
  if (unreachable !== undefined) throw unreachable;
  if (client.settings.offline)
    throw notCached(about, `${missing[0]!.path} is missing`, client.settings.cache);
  await downloadAll(client, repository, missing, options);
  // Links are made last, when everything is downloaded: once a snapshot has its first link, it is soon
  // complete.
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
  // Downloads that were stopped because another one failed are not the cause.
  const reason = reasons.find((each) => (each as Error).name !== "AbortError") ?? reasons[0];
  if (reason !== undefined) throw reason;
}

/** Drops the size if it is not known, so that only the file's existence is checked. */
const sized = ({ path, size }: ListedFile) => (Number.isNaN(size) ? { path } : { path, size });

/** Returns the path of a file in a snapshot. */
export const inSnapshot = (folder: string, path: string): string => join(folder, ...path.split("/"));
