import type { Marked } from "../marks/index.js";

/**
 * Returns entities of the text before an edit where they stand after it, so that marks stay in place until the
 * server answers. Those that the edit touches are gone.
 */
export function afterEdit<Entity extends Marked>(
  before: string,
  after: string,
  entities: readonly Entity[],
): Entity[] {
  const shortest = Math.min(before.length, after.length);
  let same = 0;
  while (same < shortest && before[same] === after[same]) same++;
  let sameAtEnd = 0;
  while (sameAtEnd < shortest - same && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd)) sameAtEnd++;
  const moved = after.length - before.length;
  return entities.flatMap((entity) => {
    if (entity.end <= same) return [entity];
    if (entity.start < before.length - sameAtEnd) return [];
    return [{ ...entity, start: entity.start + moved, end: entity.end + moved }];
  });
}
