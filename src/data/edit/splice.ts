/** A part of a text that is replaced. Places are in UTF-16 units. */
export interface Splice {
  readonly at: number;
  readonly removed: string;
  readonly inserted: string;
}

/** Returns a text with some parts replaced. They are in order and do not overlap; places are those before any change. */
export function spliced(text: string, splices: readonly Splice[]): string {
  let result = "";
  let from = 0;
  for (const { at, removed, inserted } of splices) {
    result += text.slice(from, at) + inserted;
    from = at + removed.length;
  }
  return result + text.slice(from);
}

/** Returns the parts that turn the changed text back. */
export function reversed(splices: readonly Splice[]): Splice[] {
  let moved = 0;
  return splices.map(({ at, removed, inserted }) => {
    const back = { at: at + moved, removed: inserted, inserted: removed };
    moved += inserted.length - removed.length;
    return back;
  });
}

/** True if a text has the parts that are to be replaced. */
export const areIn = (text: string, splices: readonly Splice[]): boolean =>
  splices.every(({ at, removed }) => text.startsWith(removed, at));
