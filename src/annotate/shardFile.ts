import { link, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  attempt,
  type NewFileFacts,
  nodeFs,
  type OpenFile,
  syncFolder,
  temporaryName,
  writeAll,
} from "../files/index.js";
import { WORK } from "./folder.js";

/** A file that is being written beside the output folder's own files, and is put in place as a whole. */
export class ShardFile {
  private facts: NewFileFacts | undefined;

  private constructor(
    private readonly target: string,
    private readonly temporary: string,
    private readonly file: OpenFile,
  ) {}

  static async create(folder: string, name: string): Promise<ShardFile> {
    const temporary = temporaryName(join(folder, WORK, name), "new");
    let made: ShardFile | undefined;
    const file = await attempt(join(folder, name), "create", () =>
      nodeFs.open(temporary, "create", (facts) => {
        made!.facts = facts;
      }),
    );
    made = new ShardFile(join(folder, name), temporary, file);
    return made;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await attempt(this.target, "write", () => writeAll(this.file, bytes));
  }

  /** Flushes everything to the disk. */
  async close(): Promise<NewFileFacts> {
    await attempt(this.target, "write", async () => {
      await this.file.sync();
      await this.file.close();
    });
    return this.facts!;
  }

  /**
   * Puts the file in place, unless there is one already. The first one stays.
   *
   * @returns whether this is the one
   */
  async place(): Promise<boolean> {
    const isFirst = await attempt(this.target, "create", () => this.linked());
    await syncFolder(dirname(this.target));
    return isFirst;
  }

  private async linked(): Promise<boolean> {
    try {
      await link(this.temporary, this.target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") {
        await unlink(this.temporary).catch(() => {});
        return false;
      }
      // The file system has no hard links.
      await rename(this.temporary, this.target);
      return true;
    }
    await unlink(this.temporary).catch(() => {});
    return true;
  }

  async discard(): Promise<void> {
    await this.file.close().catch(() => {});
    await unlink(this.temporary).catch(() => {});
  }
}
