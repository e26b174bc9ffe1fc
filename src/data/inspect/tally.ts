import { PLACES } from "./places.js";

/** What was found, how often, and the first places. */
export interface Finding {
  readonly what: string;
  readonly count: number;
  /** The first few places, as file:line. */
  readonly places: readonly string[];
}

/** Counts findings and keeps their first places. */
export class Tally {
  readonly #found = new Map<string, { count: number; places: string[] }>();

  /** @param most number of different findings that are kept; later ones are left out */
  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  add(what: string, place: () => string): void {
    let known = this.#found.get(what);
    if (known === undefined) {
      if (this.#found.size >= this.most) return;
      known = { count: 0, places: [] };
      this.#found.set(what, known);
    }
    known.count++;
    if (known.places.length < PLACES) known.places.push(place());
  }

  /** Returns the findings, most frequent first. */
  findings(): Finding[] {
    return Array.from(this.#found, ([what, { count, places }]) => ({ what, count, places })).sort(
      (a, b) => b.count - a.count,
    );
  }
}
