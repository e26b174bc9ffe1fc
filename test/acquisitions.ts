/**
 * Counts what is acquired outside the JavaScript heap (memory, objects of ONNX Runtime, files), and lets the n-th
 * acquisition fail. Import it before anything that loads ONNX Runtime.
 */
import { expect, vi } from "vitest";

const state = vi.hoisted(() => ({
  made: 0,
  tensors: 0,
  /** The acquisition that fails, from 1; 0: none. */
  failing: 0,
  live: new Map<unknown, string>(),
}));

/** How objects of ONNX Runtime that outlive a call come and go, and the argument that their address is written to. */
const objects = vi.hoisted(() => ({
  makes: {
    CreateSessionOptions: 0,
    CreateSession: 3,
    CreateSessionFromArray: 4,
    CreateIoBinding: 1,
    CreateRunOptions: 0,
    CreateTensorWithDataAsOrtValue: 6,
  } as Record<string, number>,
  releases: new Set([
    "ReleaseSessionOptions",
    "ReleaseSession",
    "ReleaseIoBinding",
    "ReleaseRunOptions",
    "ReleaseValue",
  ]),
}));

const { enter, heap } = vi.hoisted(() => ({
  /** Counts an acquisition, of tensors, which are bound by the hundred, every 17th; throws where it is the one to fail. */
  enter(kind: string): void {
    if (kind === "CreateTensorWithDataAsOrtValue" && ++state.tensors % 17 !== 0) return;
    if (++state.made === state.failing) throw new Error(`refused: ${kind}`);
  },
  heap: { calloc: "void *(size_t,size_t)", free: "void(void *)" },
}));

vi.mock("../src/runtime/foreign.js", async (original) => {
  const module = await original<typeof import("../src/runtime/foreign.js")>();
  return {
    ...module,
    foreignFunction(address: bigint, returns: string, takes: readonly string[]) {
      const call = module.foreignFunction(address, returns, takes) as unknown as (
        ...given: unknown[]
      ) => unknown;
      const signature = `${returns}(${takes})`;
      if (signature === heap.calloc)
        return (...given: unknown[]) => {
          enter("memory");
          const block = call(...given);
          state.live.set(`memory ${block}`, "memory");
          return block;
        };
      if (signature !== heap.free) return call;
      return Object.assign((block: unknown) => {
        state.live.delete(`memory ${block}`);
        return call(block);
      }, call);
    },
  };
});

vi.mock("../src/runtime/engines/onnxruntime/ort.js", async (original) => {
  const module = await original<typeof import("../src/runtime/engines/onnxruntime/ort.js")>();
  const { pointerAt } = await import("../src/runtime/foreign.js");
  type Call = ((...given: unknown[]) => unknown) & { async?: (...given: unknown[]) => void };
  function counted([name, call]: [string, Call]): [string, Call] {
    const at = objects.makes[name];
    const made = (given: unknown[]) => {
      const address = pointerAt(given[at!] as bigint);
      if (address !== null) state.live.set(`object ${address}`, name);
    };
    if (at !== undefined) {
      const making = (...given: unknown[]) => {
        enter(name);
        const result = call(...given);
        made(given);
        return result;
      };
      const async = (...given: unknown[]) => {
        enter(name);
        const done = given.pop() as (error: unknown, result: unknown) => void;
        call.async!(...given, (error: unknown, result: unknown) => {
          if (!error && result === null) made(given);
          done(error, result);
        });
      };
      return [name, Object.assign(making, { async })];
    }
    if (!objects.releases.has(name)) return [name, call];
    const releasing = (address: unknown) => {
      state.live.delete(`object ${address}`);
      return call(address);
    };
    return [name, releasing];
  }
  const all = <T extends object>(calls: T): T =>
    Object.fromEntries((Object.entries(calls) as [string, Call][]).map(counted)) as T;
  let wrapped: ReturnType<typeof module.ort> | undefined;
  return {
    ...module,
    ort() {
      const ort = module.ort();
      wrapped ??= { ...ort, raw: all(ort.raw), call: all(ort.call) };
      return wrapped;
    },
  };
});

vi.mock("node:fs/promises", async (original) => {
  const module = await original<typeof import("node:fs/promises")>();
  return {
    ...module,
    async open(...given: Parameters<typeof module.open>) {
      enter("file");
      const handle = await module.open(...given);
      state.live.set(handle, `file ${String(given[0])}`);
      const close = handle.close.bind(handle);
      handle.close = () => {
        state.live.delete(handle);
        return close();
      };
      return handle;
    },
  };
});

/** What was acquired and has not been given back, by kind. */
export const alive = (): string[] => [...state.live.values()];

vi.mock("node:fs", async (original) => {
  const module = await original<typeof import("node:fs")>();
  return {
    ...module,
    openSync(...given: Parameters<typeof module.openSync>) {
      enter("file");
      const descriptor = module.openSync(...given);
      state.live.set(descriptor, `file ${String(given[0])}`);
      return descriptor;
    },
    closeSync(descriptor: number) {
      state.live.delete(descriptor);
      module.closeSync(descriptor);
    },
  };
});

/** Runs some work whose n-th acquisition fails; 0: none. Gives the error that comes of it, if one does. */
async function failureAt(n: number, work: () => Promise<void>): Promise<unknown> {
  state.made = state.tensors = 0;
  state.failing = n;
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    state.failing = 0;
  }
}

/** Everything that an error says, and those that it comes of. */
const told = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${told(error.cause)}` : String(error);

/** Lets every acquisition of some work fail in turn: nothing may be left then, and the failure must be told. */
export async function expectAllGivenBack(work: () => Promise<void>): Promise<void> {
  state.live.clear();
  expect(await failureAt(0, work)).toBeUndefined();
  expect([...state.live.values()]).toEqual([]);
  const { made } = state;
  expect(made).toBeGreaterThan(0);
  for (let n = 1; n <= made; n++) {
    const error = await failureAt(n, work);
    expect({ n, left: [...state.live.values()] }).toEqual({ n, left: [] });
    // A file that can't be opened past the page cache is written as usual.
    if (error !== undefined) expect(told(error)).toContain("refused");
  }
}
