/** Repositories of the test hub: git's and LFS's hashes, commits, branches, as the real one shows them. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export interface StoredFile {
  readonly content: Buffer;
  readonly isLfs: boolean;
}

export interface StoredRepository {
  readonly kind: "model" | "dataset";
  readonly name: string;
  /** Commits by hash. */
  readonly commits: Map<string, Map<string, StoredFile>>;
  /** Branches and tags → commits. */
  readonly refs: Map<string, string>;
  gated: boolean;
  private: boolean;
}

export const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

export const gitSha1 = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");

/** The text that git holds in place of an LFS file. */
export const lfsPointer = (content: Buffer): Buffer =>
  Buffer.from(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(content)}\nsize ${content.length}\n`,
  );

/** What the hub gives as the file's ETag. */
export const etagOf = ({ content, isLfs }: StoredFile): string =>
  isLfs ? sha256(content) : gitSha1(content);

/** An entry of the hub's tree listing. */
export function treeEntry(path: string, file: StoredFile): object {
  const { content, isLfs } = file;
  const pointer = lfsPointer(content);
  return {
    type: "file",
    path,
    size: content.length,
    oid: gitSha1(isLfs ? pointer : content),
    ...(isLfs && { lfs: { oid: sha256(content), size: content.length, pointerSize: pointer.length } }),
  };
}

const LARGE = /\.(safetensors|parquet|bin|onnx)$/;

/** Adds a commit with these files (the whole tree) to a repository, on a branch. */
export function commit(
  repository: StoredRepository,
  files: Readonly<Record<string, Buffer | string>>,
  branch = "main",
): string {
  const tree = new Map(
    Object.entries(files).map(([path, content]) => [
      path,
      { content: Buffer.from(content as Buffer), isLfs: LARGE.test(path) },
    ]),
  );
  return commitTree(repository, tree, branch);
}

export function commitTree(
  repository: StoredRepository,
  tree: Map<string, StoredFile>,
  branch: string,
): string {
  const facts = [
    repository.name,
    branch,
    repository.commits.size,
    [...tree].map(([path, file]) => [path, etagOf(file)]),
  ];
  const hash = createHash("sha1").update(JSON.stringify(facts)).digest("hex");
  repository.commits.set(hash, tree);
  repository.refs.set(branch, hash);
  return hash;
}

export function newRepository(kind: StoredRepository["kind"], name: string): StoredRepository {
  return { kind, name, commits: new Map(), refs: new Map(), gated: false, private: false };
}

/** The files of a folder, for a commit. */
export function filesOf(folder: string): Record<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      return [relative(folder, path), readFileSync(path)];
    }),
  );
}
