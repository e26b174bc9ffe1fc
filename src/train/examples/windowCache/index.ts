/** Windows of training data that is too large for memory, on the disk: made once, and found again by what they are made of. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type DataFacts, type DataPlace, openWords } from "../../../data/index.js";
import { isNeriumError } from "../../../errors.js";
import {
  attempt,
  type FsPort,
  folderDamage,
  recoverInside,
  removeFolder,
  writeFolderWithManifest,
} from "../../../files/index.js";
import type { CacheProgress } from "../../../run/events.js";
import { CachedTraining, type Labelling } from "./cachedTraining.js";
import { type CacheFacts, FACTS } from "./layout.js";
import { type CacheSource, cacheKey } from "./source.js";
import { type Part, writeWindows } from "./write.js";

export type { CacheSource } from "./source.js";

export interface CacheEdge {
  /** The folder that holds all caches. */
  readonly root: string;
  readonly fs: FsPort;
  readonly signal: AbortSignal;
  readonly tell: (progress: CacheProgress) => void;
}

/** A cache that is whole. */
export interface WindowCache {
  readonly folder: string;
  readonly facts: DataFacts;
  /** Types of entities, by their names before the label map. */
  readonly types: ReadonlySet<string>;
  /** It was there before. */
  readonly wasThere: boolean;
  /** The training data in it. */
  open(labelling: Labelling): CachedTraining;
}

/**
 * The windows of training data, from the cache where there are any, else written there first. One that is damaged is made
 * again; of two processes that make the same one, the first that is done wins. Undefined for texts with spans.
 *
 * @throws NeriumError `DATA_…`, `TOKENIZE_…`, `FILES_…`, TRAIN_TAGS_MISSING; nothing is left half written
 */
export async function windowCache(source: CacheSource, edge: CacheEdge): Promise<WindowCache | undefined> {
  const { root, fs } = edge;
  await recoverInside(root, {}, fs);
  const folder = join(root, await cacheKey(source));
  const wasThere = (await folderDamage(folder)) === undefined;
  if (!wasThere && !(await make(folder, source, edge))) return undefined;
  const stored = JSON.parse(
    await attempt(folder, "read", () => readFile(join(folder, FACTS), "utf8")),
  ) as CacheFacts;
  const facts = named(stored, source);
  return {
    folder,
    facts,
    types: new Set(stored.types),
    wasThere,
    open: (labelling) => new CachedTraining(folder, stored, facts, source.files, labelling),
  };
}

/** False for texts with spans. */
async function make(folder: string, source: CacheSource, edge: CacheEdge): Promise<boolean> {
  const { signal, tell, fs } = edge;
  const onTurn = (phase: CacheProgress["phase"], file: string) => (sentences: number) => {
    signal.throwIfAborted();
    tell({ phase, file, sentences });
  };
  const parts: Part[] = [];
  for (const path of source.paths) {
    const opened = await openWords(path, source.reading, onTurn("reading", path));
    if (opened === undefined) return false;
    parts.push({ path, ...opened });
  }
  await removeFolder(folder, fs);
  try {
    await writeFolderWithManifest(
      folder,
      (temporary, hashing) =>
        writeWindows(temporary, hashing, source, parts, onTurn("tokenizing", source.paths[0]!)),
      {},
      fs,
    );
  } catch (error) {
    if (!isNeriumError(error) || error.code !== "FILES_FOLDER_NOT_EMPTY") throw error;
  }
  return true;
}

/** The facts of a cache, with its files as they are called now. */
function named(
  { tags, suspicious, sentences, scheme }: CacheFacts,
  { paths, files }: CacheSource,
): DataFacts {
  const place = ({ file, line }: CacheFacts["tags"][number]["first"]): DataPlace => ({
    file: files[file]!,
    line,
  });
  return {
    file: paths[0]!,
    scheme,
    sentences,
    tags: new Map(tags.map(({ tag, count, first }) => [tag, { count, first: place(first) }])),
    suspicious: suspicious && { ...suspicious, first: place(suspicious.first) },
  };
}
