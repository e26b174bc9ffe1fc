/** Where something begins and ends in a text, in UTF-16 units. */
export interface Marked {
  readonly start: number;
  readonly end: number;
}

/** A part of a text: inside an entity or between two. */
export interface Segment<Entity extends Marked> {
  readonly text: string;
  readonly entity?: Entity;
}

/**
 * Cuts a text at the edges of its entities, which are in the order of their starts. Where entities overlap, the
 * shared part belongs to the first.
 */
export function* segments<Entity extends Marked>(
  text: string,
  entities: Iterable<Entity>,
): Generator<Segment<Entity>> {
  let at = 0;
  for (const entity of entities) {
    if (entity.end <= at) continue;
    const start = Math.max(at, entity.start);
    if (start > at) yield { text: text.slice(at, start) };
    yield { text: text.slice(start, entity.end), entity };
    at = entity.end;
  }
  if (at < text.length) yield { text: text.slice(at) };
}

/** The most that a label may be longer than its entity, in characters. */
const ROOM = 12;

/**
 * Returns for each segment how many characters its label can be longer than the segment without covering the
 * label of the next one.
 */
export function labelRooms<Entity extends Marked>(parts: readonly Segment<Entity>[]): number[] {
  return parts.map((_, index) => {
    const next = parts[index + 1];
    if (next === undefined) return ROOM;
    return next.entity === undefined ? Math.min(ROOM, Math.max(0, next.text.length - 1)) : 0;
  });
}
