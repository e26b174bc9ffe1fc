import { z } from "zod";
import type { NeriumError } from "../errors.js";
import { isNeriumError } from "../errors.js";
import { limits } from "../limits.js";
import { CachedRepository, type ListedFile } from "./cache.js";
import type { About, HubClient } from "./client.js";
import { answerUnexpected, notCached, unreachable } from "./errors.js";

/** One state of a repository: its files, and where they are cached. */
export interface Repository {
  readonly about: About;
  /** Its current name. */
  readonly name: string;
  readonly commit: string;
  readonly cached: CachedRepository;
  readonly files: readonly ListedFile[];
  /** Why only the cache is used although the hub should have been asked. */
  readonly unreachable: NeriumError | undefined;
}

const HASH = /^[0-9a-f]{40}$/;
const SHA256 = /^[0-9a-f]{64}$/;

const info = z.object({ id: z.string().min(1), sha: z.string().regex(HASH) });

/**
 * Returns what a revision of a repository contains now. If the hub must not be used or does not answer,
 * returns what it contained when the hub was last asked.
 *
 * @throws NeriumError HUB_NOT_FOUND, HUB_REVISION_NOT_FOUND, HUB_GATED, HUB_NOT_CACHED, HUB_UNREACHABLE,
 *   HUB_ANSWER …
 */
export async function repository(client: HubClient, about: About): Promise<Repository> {
  if (client.settings.offline) {
    const found = await fromCache(client, about);
    if (found === undefined)
      throw notCached(about, `no files of revision ${about.revision}`, client.settings.cache);
    return found;
  }
  try {
    return await fromHub(client, about);
  } catch (error) {
    if (!isNeriumError(error) || !["HUB_UNREACHABLE", "HUB_ANSWER", "HUB_RATE_LIMITED"].includes(error.code))
      throw error;
    const found = await fromCache(client, about);
    if (found === undefined)
      throw error.code === "HUB_UNREACHABLE" ? unreachable(error.where ?? "", error.cause, about) : error;
    return { ...found, unreachable: error };
  }
}

async function fromHub(client: HubClient, about: About): Promise<Repository> {
  const { endpoint, cache } = client.settings;
  const { kind, asked, revision } = about;
  const address = `${endpoint}/api/${kind}s/${asked}/revision/${encodeURIComponent(revision)}`;
  const parsed = info.safeParse(await client.json(address, about));
  if (!parsed.success) throw answerUnexpected(address, "it contains no id or no commit");
  const { id: name, sha: commit } = parsed.data;
  const cached = await CachedRepository.renamed(cache, kind, asked, name);
  let files = await cached.listing(commit);
  if (files === undefined) {
    files = await listing(client, about, name, commit);
    await cached.store(commit, files);
  }
  return { about, name, commit, cached, files, unreachable: undefined };
}

async function listing(client: HubClient, about: About, name: string, commit: string): Promise<ListedFile[]> {
  const { listFiles } = await import("@huggingface/hub");
  const files: ListedFile[] = [];
  const fetch = client.fetchFor(about);
  const endless = () => answerUnexpected(client.settings.endpoint, "its list of files does not end");
  const deadline = performance.now() + limits.listingTime;
  let pages = 0;
  const entries = listFiles({
    repo: { type: about.kind, name },
    revision: commit,
    recursive: true,
    hubUrl: client.settings.endpoint,
    fetch: (...asked) => {
      pages++;
      if (pages > limits.listingPages || performance.now() > deadline) throw endless();
      return fetch(...asked);
    },
  });
  for await (const { type, path, size, oid, lfs, xetHash } of entries) {
    if (type !== "file") continue;
    if (oid === undefined || !HASH.test(oid) || !Number.isSafeInteger(size) || (lfs && !SHA256.test(lfs.oid)))
      throw answerUnexpected(client.settings.endpoint, `it contains no size or no hash of ${path}`);
    if (files.length === limits.listingFiles) throw endless();
    if (path.length > limits.listingPathUnits)
      throw answerUnexpected(client.settings.endpoint, `it contains a path of ${path.length} characters`);
    files.push({ path, size: lfs?.size ?? size, oid, sha256: lfs?.oid, xetHash });
  }
  return files;
}

/** @returns `undefined` if nothing of this revision is in the cache */
async function fromCache(client: HubClient, about: About): Promise<Repository | undefined> {
  const { kind, asked, revision } = about;
  const cached = CachedRepository.of(client.settings.cache, kind, asked);
  const commit = await cached.commitOf(revision);
  if (commit === undefined) return undefined;
  const present = await cached.present(commit);
  if (present.length === 0) return undefined;
  const files = (await cached.listing(commit)) ?? present.map(ofUnknownContent);
  return { about, name: asked, commit, cached, files, unreachable: undefined };
}

/** A cached file without a listing: Python downloads single files without storing one. */
const ofUnknownContent = (path: string): ListedFile => ({
  path,
  size: Number.NaN,
  oid: "",
  sha256: undefined,
  xetHash: undefined,
});
