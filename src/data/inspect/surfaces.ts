import { SpilledParts } from "./parts.js";
import type { FilePlace } from "./places.js";
import { sentenceHash } from "./sentenceHash.js";

/** A name that is tagged with several types. */
export interface Ambiguous {
  readonly surface: string;
  /** Count and first place of each type, most frequent first. */
  readonly types: readonly { readonly type: string; readonly count: number; readonly first: FilePlace }[];
}

/**
 * Number of the entity (8 bytes); byte length of its text, type, file, line (4 bytes each). The text follows.
 */
const HEAD = 8 + 4 * 4;

/**
 * Finds names that are tagged with several types. Most of the data goes to a temporary file, to save memory.
 */
export class SurfaceComparison {
  readonly #parts = new SpilledParts();
  readonly #types = new Map<string, number>();
  #entities = 0;

  add(surface: string, type: string, { file, line }: FilePlace): void {
    const length = Buffer.byteLength(surface);
    const number = this.#types.get(type) ?? this.#types.size;
    this.#types.set(type, number);
    const order = this.#entities++;
    this.#parts.add(sentenceHash([surface]), HEAD + length, (into, at) => {
      into.writeDoubleLE(order, at);
      [length, number, file, line].forEach((value, index) => {
        into.writeUInt32LE(value, at + 8 + 4 * index);
      });
      into.write(surface, at + HEAD);
    });
  }

  /**
   * Returns the most frequent of these names, and how many there are in total. Ends the comparison.
   *
   * @param most how many names to return
   */
  result(most: number): { readonly count: number; readonly ambiguous: readonly Ambiguous[] } {
    const names = [...this.#types.keys()];
    let count = 0;
    let best: Met[] = [];
    for (const part of this.#parts) {
      const several = [...metIn(part).values()].filter(({ types }) => types.size > 1);
      count += several.length;
      best = [...best, ...several].sort((a, b) => b.count - a.count || a.order - b.order).slice(0, most);
    }
    this.close();
    return {
      count,
      ambiguous: best.map(({ surface, types }) => ({
        surface,
        types: Array.from(types, ([type, facts]) => ({ type: names[type]!, ...facts })).sort(
          (a, b) => b.count - a.count,
        ),
      })),
    };
  }

  close(): void {
    this.#parts.close();
  }
}

/** A name that occurs in a part. */
interface Met {
  readonly surface: string;
  /** Number of the first entity with this name. */
  readonly order: number;
  count: number;
  readonly types: Map<number, { count: number; readonly first: FilePlace }>;
}

function metIn(part: Buffer): ReadonlyMap<string, Met> {
  const met = new Map<string, Met>();
  for (let at = 0; at < part.length; ) {
    const [length, type, file, line] = [8, 12, 16, 20].map((place) => part.readUInt32LE(at + place)) as [
      number,
      number,
      number,
      number,
    ];
    const surface = part.toString("utf8", at + HEAD, at + HEAD + length);
    const known = met.get(surface) ?? { surface, order: part.readDoubleLE(at), count: 0, types: new Map() };
    met.set(surface, known);
    known.count++;
    const own = known.types.get(type);
    if (own === undefined) known.types.set(type, { count: 1, first: { file, line } });
    else own.count++;
    at += HEAD + length;
  }
  return met;
}
