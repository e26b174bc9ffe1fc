import type { typeHues } from "../../marks/index.js";
import { element } from "../dom.js";
import type { Entity } from "./calls.js";

/** Returns the words of a sentence with its entities marked. `shown` makes what stands for a word. */
export function sentence(
  words: readonly string[],
  entities: readonly Entity[],
  hues: ReturnType<typeof typeHues>,
  shown: (word: string, index: number) => Node | string,
): (Node | string)[] {
  const begins = new Map(entities.map((entity) => [entity.start, entity]));
  const parts: (Node | string)[] = [];
  for (let from = 0; from < words.length; ) {
    const entity = begins.get(from);
    const end = entity?.end ?? from + 1;
    const own = words
      .slice(from, end)
      .flatMap((word, index) => [...(index > 0 ? [" "] : []), shown(word, from + index)]);
    if (from > 0) parts.push(" ");
    if (entity === undefined) parts.push(...own);
    else {
      const mark = element("mark", { "data-type": entity.type }, ...own);
      mark.style.setProperty("--hue", String(hues.get(entity.type) ?? 0));
      parts.push(mark);
    }
    from = end;
  }
  return parts;
}
