import { type FsPort, nodeFs } from "../../src/files/index.js";

export interface Fault {
  /** The call that fails, from 1. */
  readonly at: number;
  /** Code of the error; `SHORT` lets the n-th write take only part of its bytes, and counts and fails nothing else. */
  readonly code: string;
  /** Fail all later calls too. Removals are spared, being how debris goes, but for the persistence that spares nothing. */
  readonly persistent?: boolean | "removals too";
}

export interface FaultyFs extends FsPort {
  /** Calls so far. */
  readonly calls: number;
  /** True once the fault has struck. */
  readonly struck: boolean;
}

/**
 * Node's file system, whose n-th call fails with a code. Nothing is really fsynced: no power fails here.
 *
 * @param options.shortWrites every write takes half of the bytes: a writer that ignores what was taken loses some
 */
export function faultyFs(
  fault?: Fault,
  { shortWrites = true }: { readonly shortWrites?: boolean } = {},
): FaultyFs {
  let calls = 0;
  let struck = false;

  /** Counts a call; true where the fault strikes it. */
  function strikes(call: string): boolean {
    if (fault?.code === "SHORT" && call !== "write") return false;
    calls++;
    if (fault === undefined || calls < fault.at) return false;
    if (calls > fault.at && !fault.persistent) return false;
    if (call === "remove" && fault.persistent !== "removals too") return false;
    struck = true;
    return true;
  }

  function enter(call: string): void {
    if (strikes(call)) throw Object.assign(new Error(`${fault!.code}: ${call}`), { code: fault!.code });
  }

  function counted<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) {
    return async (...args: A): Promise<R> => {
      enter(name);
      return call(...args);
    };
  }

  return {
    get calls() {
      return calls;
    },
    get struck() {
      return struck;
    },
    syncsFolders: nodeFs.syncsFolders,
    open: counted("open", async (...opened: Parameters<FsPort["open"]>) => {
      const file = await nodeFs.open(...opened);
      return {
        async write(data) {
          const half = data.subarray(0, Math.ceil(data.length / 2));
          if (fault?.code === "SHORT") return file.write(strikes("write") ? half : data);
          enter("write");
          return file.write(shortWrites ? half : data);
        },
        sync: counted("fsync", async () => {}),
        async close() {
          await file.close();
          enter("close");
        },
      };
    }),
    rename: counted("rename", nodeFs.rename),
    remove: counted("remove", nodeFs.remove),
    makeFolder: counted("mkdir", nodeFs.makeFolder),
    list: counted("readdir", nodeFs.list),
    kind: counted("lstat", nodeFs.kind),
  };
}
