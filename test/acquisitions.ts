/**
 * Counts resources outside the JavaScript heap (memory, ONNX Runtime objects, files), and can make the n-th
 * acquisition fail. Import it before any module that loads ONNX Runtime.
 */
import { expect, vi } from "vitest";
import { stride } from "./breadth.js";

const state = vi.hoisted(() => ({
  made: 0,
  tensors: 0,
  /** The number of the acquisition that fails, from 1; 0 for none. */
  failing: 0,
  live: new Map<unknown, string>(),
}));

/**
 * The ONNX Runtime functions that create objects which outlive the call, each with the index of the argument
 * that receives the object's address, and the functions that release them.
 */
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
  /**
   * Counts an acquisition, and throws if it is the one that must fail. Of tensors it counts only every 17th,
   * since there are hundreds of them.
   */
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

/** The kinds of all resources that have not been released. */
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

/**
 * Runs `work` with its n-th acquisition failing; 0 for none. Returns the error that `work` throws, if any.
 */
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

/** The messages of an error and all its causes. */
const told = (error: unknown): string =>
  error instanceof Error ? `${error.message} ${told(error.cause)}` : String(error);

/**
 * Makes each acquisition of `work` fail in turn. Each time, all resources must be released, and the error
 * must contain the failure.
 */
export async function expectAllGivenBack(work: () => Promise<void>): Promise<void> {
  state.live.clear();
  expect(await failureAt(0, work)).toBeUndefined();
  expect([...state.live.values()]).toEqual([]);
  const { made } = state;
  expect(made).toBeGreaterThan(0);
  for (let n = 1; n <= made; n += stride(5)) {
    const error = await failureAt(n, work);
    expect({ n, left: [...state.live.values()] }).toEqual({ n, left: [] });
    // There may be no error: a file that cannot be opened without the page cache is written through it.
    if (error !== undefined) expect(told(error)).toContain("refused");
  }
}
