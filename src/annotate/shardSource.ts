import { setTimeout as wait } from "node:timers/promises";
import type { Claim, Claims } from "./claims.js";
import { claimsIn, finishedIn, namesOf } from "./folder.js";
import type { Plan } from "./plan.js";

/** Gives a worker its shards. */
export interface ShardSource {
  /** Returns the next shard, claimed for this process, or undefined once there is no more. Waits for those of others. */
  next(): Promise<Claim | undefined>;
  /** The shard is finished, by this worker or another. */
  done(claim: Claim): Promise<void>;
  /** The shard was given back. */
  failed(claim: Claim): Promise<void>;
  close(): Promise<void>;
}

/** A share of the shards: those whose number, divided by `of`, leaves `index`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export interface FolderSourceOptions {
  readonly folder: string;
  readonly plan: Plan;
  readonly claims: Claims;
  readonly share?: Share | undefined;
  /** Milliseconds between two looks at the folder, if all shards belong to others. */
  readonly pause: number;
  readonly signal?: AbortSignal | undefined;
}

/** The numbers of the shards of a share that are not finished. */
export async function openShards(folder: string, plan: Plan, share?: Share): Promise<number[]> {
  const finished = await finishedIn(folder, plan);
  return [...plan.shards.keys()].filter(
    (number) => !finished.has(number) && (share === undefined || number % share.of === share.index),
  );
}

/** Divides the shards through claims in the output folder: a folder that all workers share is enough. */
export function folderSource({
  folder,
  plan,
  claims,
  share,
  pause,
  signal,
}: FolderSourceOptions): ShardSource {
  const nothing = async () => {};
  return {
    async next() {
      for (;;) {
        signal?.throwIfAborted();
        const open = await openShards(folder, plan, share);
        if (open.length === 0) return undefined;
        const standing = await claimsIn(folder);
        for (const number of open) {
          const names = namesOf(plan, number);
          const claim = await claims.take(number, names, standing.get(number) ?? []);
          if (claim !== undefined) return claim;
        }
        await wait(pause, undefined, { signal });
      }
    },
    done: nothing,
    failed: nothing,
    close: nothing,
  };
}
