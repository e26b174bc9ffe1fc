import type { BeforeWrite, Collective, ExchangedBlock, Shares } from "../../src/collective/index.js";
import type { StateBlock } from "../../src/runtime/index.js";

/** Several processes simulated in one. An exchange happens once all of them have arrived. */
export function machines(size: number): Collective[] {
  let arrived: { rank: number; given: unknown; done: () => void }[] = [];
  /** Waits for all, then lets the last one compute the results of all. */
  const meet = <T>(rank: number, given: T, exchange: (all: T[]) => void | Promise<void>) =>
    new Promise<void>((done) => {
      arrived.push({ rank, given, done });
      if (arrived.length < size) return;
      const all = arrived.sort((a, b) => a.rank - b.rank);
      arrived = [];
      void Promise.resolve(exchange(all.map((each) => each.given as T))).then(() => {
        for (const each of all) each.done();
      });
    });
  const floats = (block: ExchangedBlock) => (ArrayBuffer.isView(block) ? block : block.read());
  return Array.from({ length: size }, (_, rank): Collective => {
    const fromFirst = async <T>(value: T): Promise<T> => {
      const box = { value };
      await meet(rank, box, (all) => {
        for (const each of all) each.value = all[0]!.value;
      });
      return box.value;
    };
    return {
      rank,
      size,
      sharing: size,
      reduce: (figures) =>
        meet(rank, figures, (all) => {
          const sum = all[0]!.map((_, at) => all.reduce((total, each) => total + each[at]!, 0));
          for (const each of all) each.set(sum);
        }),
      broadcast: (block) =>
        meet(rank, block, (all) => {
          const first = floats(all[0]!).slice();
          for (const each of all) {
            if (ArrayBuffer.isView(each)) each.set(first as Float32Array);
            else each.copyIn(0, first);
          }
        }),
      fromFirst,
      async toFirst<T>(value: T) {
        const box: { value: T; all?: T[] } = { value };
        await meet(rank, box, (all) => {
          all[0]!.all = all.map((each) => each.value);
        });
        return box.all;
      },
      reduceScatter: (block, shares, own) =>
        meet(rank, { block, own }, (all) => {
          const whole = all.map((each) => each.block.read());
          for (const { parts } of shares.pieces)
            parts.forEach(({ from, to, at }, owner) => {
              const sum = Float32Array.from({ length: to - from }, (_, index) =>
                whole.reduce((total, each) => Math.fround(total + each[from + index]!), 0),
              );
              all[owner]!.own.copyIn(at * 4, sum);
            });
        }),
      allGather: (block, shares, beforeWrite?: BeforeWrite) =>
        meet(rank, { block, beforeWrite }, async (all) => {
          for (const { from, to, parts } of shares.pieces) {
            for (const each of all) await each.beforeWrite?.(from, to);
            parts.forEach((part, owner) => {
              const values = all[owner]!.block.copyOut(part.from * 4, part.to - part.from);
              for (const each of all) each.block.copyIn(part.from * 4, values);
            });
          }
        }),
      gather: (own, shares, whole) =>
        meet(rank, { own, whole }, (all) => {
          eachPart(shares, (owner, { from, to, at }) =>
            all[0]!.whole!.copyIn(from * 4, all[owner]!.own.copyOut(at * 4, to - from)),
          );
        }),
      scatter: (whole, shares, own) =>
        meet(rank, { own, whole }, (all) => {
          eachPart(shares, (owner, { from, to, at }) =>
            all[owner]!.own.copyIn(at * 4, all[0]!.whole!.copyOut(from * 4, to - from)),
          );
        }),
    };
  });
}

function eachPart(
  shares: Shares,
  copy: (owner: number, part: { from: number; to: number; at: number }) => void,
): void {
  for (const { parts } of shares.pieces)
    parts.forEach((part, owner) => {
      copy(owner, part);
    });
}

/** A block's floats, as a plain array. */
export const floatsIn = (block: StateBlock): number[] => [...block.read()];
