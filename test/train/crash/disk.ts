/**
 * A simulated disk whose power can fail. It keeps everything that was fsynced; a loss model decides how much
 * of the rest it keeps. Its port also writes to a real folder, so that the program under test can read what
 * it wrote.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { type FsPort, nodeFs } from "../../../src/files/index.js";

class FileNode {
  bytes = Buffer.alloc(0);
  synced = 0;
  constructor(readonly id: number) {}
}

class FolderNode {
  /** `entries` is what programs see; `synced` is what the last fsync of the folder left on the disk. */
  entries = new Map<string, Entry>();
  synced = new Map<string, Entry>();
  constructor(readonly id: number) {}
}

type Entry = FileNode | FolderNode;

/** What a power cut does to data that was not fsynced. */
export interface Loss {
  /** The entries that a folder keeps: the present ones, or those of its last fsync. */
  entries(folder: FolderNode): "now" | "synced";
  /** The bytes that a file keeps after those that were fsynced. */
  tail(file: FileNode): "none" | "half" | "zeros" | "all";
}

/** Names are written immediately, as on a disk with a journal, but contents are not. */
export const contentsLost = (tail: ReturnType<Loss["tail"]>): Loss => ({
  entries: () => "now",
  tail: () => tail,
});

/** A name is lost unless its folder was fsynced afterwards. */
export const namesLost: Loss = { entries: () => "synced", tail: () => "none" };

/** Some folders and files reached the disk in time, others did not. */
export function someLost(random: () => number): Loss {
  const of = <T>(choices: readonly T[]) => choices[Math.floor(random() * choices.length)]!;
  return { entries: () => of(["now", "synced"]), tail: () => of(["none", "half", "zeros", "all"]) };
}

export class FailingDisk {
  private nodes = 0;
  private readonly root = new FolderNode(0);
  private turn: Promise<void> = Promise.resolve();

  /**
   * @param folder the root of the disk; everything is written below it
   * @param changed called after each change of the disk; the power may fail at these moments
   * @param options.ignores the kind of fsync that this disk ignores, to see what would be lost without it
   */
  constructor(
    private readonly folder: string,
    private readonly changed: () => Promise<void>,
    private readonly options: { readonly ignores?: "files" | "folders" } = {},
  ) {
    mkdirSync(folder, { recursive: true });
  }

  /** Changes are made one after another, even if several files are written in parallel. */
  private async change(act: () => void): Promise<void> {
    const turn = this.turn.then(() => {
      act();
      return this.changed();
    });
    this.turn = turn.catch(() => {});
    await turn;
  }

  private parts(path: string): string[] {
    const inside = relative(this.folder, path);
    if (inside.startsWith("..")) throw new Error(`${path} is not on the disk`);
    return inside === "" ? [] : inside.split(sep);
  }

  private at(path: string): Entry | undefined {
    let entry: Entry | undefined = this.root;
    for (const name of this.parts(path))
      entry = entry instanceof FolderNode ? entry.entries.get(name) : undefined;
    return entry;
  }

  private place(path: string): { folder: FolderNode; name: string } {
    const folder = this.at(dirname(path));
    if (!(folder instanceof FolderNode)) throw new Error(`no folder for ${path}`);
    return { folder, name: this.parts(path).at(-1)! };
  }

  private async makeFolders(path: string): Promise<void> {
    if (this.at(path) !== undefined) return;
    await this.makeFolders(dirname(path));
    await this.change(() => {
      const { folder, name } = this.place(path);
      folder.entries.set(name, new FolderNode(++this.nodes));
    });
  }

  /** Removes the names in a folder one by one, then the folder. */
  private async unlink(path: string): Promise<void> {
    const entry = this.at(path);
    if (entry === undefined) return;
    if (entry instanceof FolderNode)
      for (const name of [...entry.entries.keys()]) await this.unlink(join(path, name));
    await this.change(() => {
      const { folder, name } = this.place(path);
      folder.entries.delete(name);
    });
  }

  readonly port: FsPort = {
    ...nodeFs,
    syncsFolders: true,
    open: async (path, purpose, onClosed) => {
      const file = await nodeFs.open(path, purpose, onClosed);
      if (purpose === "create")
        await this.change(() => {
          const { folder, name } = this.place(path);
          folder.entries.set(name, new FileNode(++this.nodes));
        });
      const entry = this.at(path)!;
      return {
        write: async (data) => {
          const taken = await file.write(data);
          await this.change(() => {
            if (!(entry instanceof FileNode)) throw new Error(`${path} is a folder`);
            entry.bytes = Buffer.concat([entry.bytes, data.subarray(0, taken)]);
          });
          return taken;
        },
        sync: () => this.change(() => this.sync(entry)),
        close: () => file.close(),
      };
    },
    rename: async (from, to) => {
      await nodeFs.rename(from, to);
      await this.change(() => {
        const entry = this.at(from)!;
        const old = this.place(from);
        old.folder.entries.delete(old.name);
        const { folder, name } = this.place(to);
        folder.entries.set(name, entry);
      });
    },
    remove: async (path) => {
      await nodeFs.remove(path);
      await this.unlink(path);
    },
    makeFolder: async (path) => {
      await nodeFs.makeFolder(path);
      await this.makeFolders(path);
    },
  };

  private sync(entry: Entry): void {
    const { ignores } = this.options;
    if (entry instanceof FileNode && ignores !== "files") entry.synced = entry.bytes.length;
    if (entry instanceof FolderNode && ignores !== "folders") entry.synced = new Map(entry.entries);
  }

  /** The contents of the disk after a power cut, by path: the bytes of files, `undefined` for folders. */
  afterPowerCut(loss: Loss): Map<string, Buffer | undefined> {
    const found = new Map<string, Buffer | undefined>();
    const walk = (folder: FolderNode, path: string) => {
      const entries = loss.entries(folder) === "now" ? folder.entries : folder.synced;
      for (const [name, entry] of entries) {
        const below = join(path, name);
        if (entry instanceof FolderNode) {
          found.set(below, undefined);
          walk(entry, below);
        } else found.set(below, remaining(entry, loss.tail(entry)));
      }
    };
    walk(this.root, "");
    return found;
  }
}

function remaining({ bytes, synced }: FileNode, tail: ReturnType<Loss["tail"]>): Buffer {
  const lost = bytes.length - synced;
  if (tail === "all") return bytes;
  if (tail === "zeros") return Buffer.concat([bytes.subarray(0, synced), Buffer.alloc(lost)]);
  return bytes.subarray(0, synced + (tail === "half" ? lost >> 1 : 0));
}

/** Replaces the contents of a folder with the contents of a disk. */
export function putBack(content: ReadonlyMap<string, Buffer | undefined>, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, bytes] of content)
    if (bytes === undefined) mkdirSync(join(folder, path));
    else writeFileSync(join(folder, path), bytes);
}
