import { type FsPort, nodeFs } from "../../src/files/index.js";

export interface Fault {
  /** The call that fails, from 1. */
  readonly at: number;
  readonly code: string;
  /** Fail all later calls too, removals excepted: they are how debris goes. */
  readonly persistent?: boolean;
}

/** Node's file system, whose n-th call fails with a code; `calls` counts them. */
export function faultyFs(fault?: Fault): FsPort & { calls: number } {
  const port = {
    calls: 0,
    syncsFolders: nodeFs.syncsFolders,
    open: counted("open", async (path: string, purpose: "create" | "sync") => {
      const file = await nodeFs.open(path, purpose);
      return {
        // Short writes on every call: a writer that ignores what was taken loses bytes.
        write: counted("write", (data: Uint8Array) =>
          file.write(data.subarray(0, Math.ceil(data.length / 2))),
        ),
        sync: counted("fsync", () => file.sync()),
        close: async () => {
          await file.close();
          fail("close");
        },
      };
    }),
    rename: counted("rename", nodeFs.rename),
    remove: counted("remove", nodeFs.remove),
    makeFolder: counted("mkdir", nodeFs.makeFolder),
    list: counted("readdir", nodeFs.list),
    kind: counted("lstat", nodeFs.kind),
  };

  function fail(call: string): void {
    port.calls++;
    if (!fault || call === "remove") return;
    if (port.calls === fault.at || (fault.persistent && port.calls > fault.at))
      throw Object.assign(new Error(`${fault.code}: ${call}`), { code: fault.code });
  }

  function counted<A extends unknown[], R>(name: string, call: (...args: A) => Promise<R>) {
    return async (...args: A): Promise<R> => {
      fail(name);
      return call(...args);
    };
  }

  return port;
}
