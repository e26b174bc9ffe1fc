/**
 * A cache on the disk for the windows of training data that is too large for memory. Windows are made once,
 * and found again by a hash of what they are made of.
 */
import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type DataFacts, type DataPlace, openWords } from "../../../data/index.js";
import { isNeriumError } from "../../../errors.js";
import {
  attempt,
  type FsPort,
  folderDamage,
  readWholeText,
  recoverInside,
  removeFolder,
  writeFolderWithManifest,
} from "../../../files/index.js";
import type { CacheProgress } from "../../../run/events.js";
import { trainingDataChanged } from "../../errors.js";
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

/** A complete cache. */
export interface WindowCache {
  readonly folder: string;
  readonly facts: DataFacts;
  /** What was said about the data when it was read. */
  readonly notes: readonly string[];
  /** Entity types, by their names before the label map. */
  readonly types: ReadonlySet<string>;
  /** True if the cache existed before this run. */
  readonly wasThere: boolean;
  /** The training data in it. */
  open(labelling: Labelling): CachedTraining;
}

/**
 * Finds the windows of training data in the cache, or writes them there first. A damaged cache is made again.
 * If two processes make the same cache, the first one to finish wins. Returns `undefined` for texts with
 * spans.
 *
 * @throws NeriumError `DATA_…`, `TOKENIZE_…`, `FILES_…`, TRAIN_TAGS_MISSING; an incomplete cache is not left
 *   behind
 */
export async function windowCache(source: CacheSource, edge: CacheEdge): Promise<WindowCache | undefined> {
  const { root, fs } = edge;
  await recoverInside(root, {}, fs);
  const states = await statesOf(source);
  const folder = join(root, await cacheKey(source));
  const damaged = await stateOf(folder);
  const wasThere = (await folderDamage(folder)) === undefined;
  if (!wasThere && !(await make(folder, source, edge, { states, damaged }))) return undefined;
  const stored = JSON.parse(
    await attempt(folder, "read", () => readWholeText(join(folder, FACTS))),
  ) as CacheFacts;
  const facts = named(stored, source);
  return {
    folder,
    facts,
    notes: stored.notes,
    types: new Set(stored.types),
    wasThere,
    open: (labelling) => new CachedTraining(folder, stored, facts, source.files, labelling),
  };
}

/** What was found before a cache is made. */
interface Before {
  /** The states of the source's files. */
  readonly states: ReadonlyMap<string, string>;
  /** The state of a damaged cache, if there is one. */
  readonly damaged: string | undefined;
}

/** Returns false for texts with spans. */
async function make(
  folder: string,
  source: CacheSource,
  edge: CacheEdge,
  { states, damaged }: Before,
): Promise<boolean> {
  const { signal, tell, fs } = edge;
  const onTurn = (phase: CacheProgress["phase"], file: string) => (sentences: number) => {
    signal.throwIfAborted();
    tell({ phase, file, sentences });
  };
  const notes = new Set<string>();
  const reading = { ...source.reading, onNote: (note: string) => void notes.add(note) };
  const parts: Part[] = [];
  for (const path of source.paths) {
    const opened = await openWords(path, reading, onTurn("reading", path));
    if (opened === undefined) return false;
    parts.push({ path, ...opened });
  }
  // Another process may have finished the same cache in the meantime, which must stay.
  if (damaged !== undefined && (await stateOf(folder)) === damaged) await removeFolder(folder, fs);
  try {
    await writeFolderWithManifest(
      folder,
      async (temporary, hashing) => {
        const told = onTurn("tokenizing", source.paths[0]!);
        await writeWindows(temporary, hashing, source, { parts, notes: [...notes] }, told);
        for (const [path, state] of await statesOf(source))
          if (state !== states.get(path)) throw trainingDataChanged(path);
      },
      {},
      fs,
    );
  } catch (error) {
    const isTheirs = isNeriumError(error) && error.code === "FILES_FOLDER_NOT_EMPTY";
    if (!isTheirs || (await folderDamage(folder)) !== undefined) throw error;
  }
  return true;
}

/**
 * What changes when a file is written or replaced, or a folder gets other files. The data is read several
 * times: for its hash, its tags and its windows. If nothing has changed in between, it was the same data.
 */
async function statesOf({ paths, files }: CacheSource): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const path of [...files, ...paths])
    states.set(path, stateIn(await attempt(path, "read", () => stat(path, { bigint: true }))));
  return states;
}

const stateIn = ({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string =>
  [dev, ino, size, mtimeNs, ctimeNs].join(" ");

const stateOf = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(stateIn, () => undefined);

/** The facts of a cache, with the present names of its files. */
function named(
  { tags, suspicious, sentences, scheme, words }: CacheFacts,
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
    words,
  };
}
