import type { TrainEvent } from "./events.js";

/** Events that only current iterators get: they can be any number, and other events report their outcome. */
const PASSING: ReadonlySet<TrainEvent["type"]> = new Set([
  "step",
  "evaluation-progress",
  "download",
  "reading",
  "measuring",
]);

/** Events that an iterator has not taken yet, oldest first. */
interface Backlog {
  events: TrainEvent[];
  wake: () => void;
}

/**
 * Passes events on to iterators, each of which takes them at its own pace. An event is dropped once all have
 * taken it; only events outside `PASSING` are kept for iterators that start late.
 */
export class EventStream {
  private readonly kept: TrainEvent[] = [];
  private readonly backlogs = new Set<Backlog>();

  add(event: TrainEvent): void {
    if (!PASSING.has(event.type)) this.kept.push(event);
    for (const backlog of this.backlogs) {
      backlog.events.push(event);
      backlog.wake();
    }
  }

  /** Yields the kept events, then every new event until `closed`. */
  async *events(): AsyncGenerator<TrainEvent, void> {
    const backlog: Backlog = { events: [...this.kept], wake: () => {} };
    this.backlogs.add(backlog);
    try {
      for (;;) {
        // Popped one by one from the end of the array, so that each can be freed without waiting for the
        // others.
        const newestFirst = backlog.events.reverse();
        backlog.events = [];
        for (let event = newestFirst.pop(); event !== undefined; event = newestFirst.pop()) {
          yield event;
          if (event.type === "closed") return;
        }
        if (backlog.events.length === 0)
          await new Promise<void>((wake) => {
            backlog.wake = wake;
          });
      }
    } finally {
      this.backlogs.delete(backlog);
    }
  }
}
