import { freemem, totalmem } from "node:os";

/** What a system says about memory, in bytes. */
export interface MemoryFacts {
  readonly platform: NodeJS.Platform;
  readonly total: number;
  readonly free: number;
  /** The limit of the control group of this process; 0 or more than the total if there is none. */
  readonly constrained: number;
  /** Resident memory of this process. */
  readonly resident: number;
}

const factsOfSystem = (): MemoryFacts => ({
  platform: process.platform,
  total: totalmem(),
  free: freemem(),
  constrained: process.constrainedMemory?.() ?? 0,
  resident: process.memoryUsage.rss(),
});

/**
 * Returns how many bytes this process can use: what it has now, and what is free. The limit of its container counts.
 * macOS calls memory in use that it can free at once, so there all memory counts.
 */
export function usableMemory(facts: MemoryFacts = factsOfSystem()): number {
  const { platform, total, free, constrained, resident } = facts;
  const ofSystem = platform === "darwin" ? total : Math.min(total, resident + free);
  return constrained > 0 && constrained < total ? Math.min(ofSystem, constrained) : ofSystem;
}
