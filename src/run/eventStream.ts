import type { TrainEvent } from "./events.js";

/** What is told to those who are there: a run has no end of it, and other events tell what came of it. */
const PASSING: ReadonlySet<TrainEvent["type"]> = new Set([
  "step",
  "evaluation-progress",
  "download",
  "reading",
]);

/** What an iterator has still to take, oldest first. */
interface Backlog {
  events: TrainEvent[];
  wake: () => void;
}

/**
 * Events on their way to iterators, each of which takes them in its own time. An event is let go once all have taken it; for
 * those who come late only what does not pass is kept.
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

  /** What was kept, then every event until `closed`. */
  async *events(): AsyncGenerator<TrainEvent, void> {
    const backlog: Backlog = { events: [...this.kept], wake: () => {} };
    this.backlogs.add(backlog);
    try {
      for (;;) {
        // Taken one by one from the array's end, so that none waits for the others to be let go.
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
