import { labelRooms, type typeHues } from "../../marks/index.js";
import { element } from "../dom.js";
import type { Entity } from "./calls.js";

/** Words in a row that are one entity, or part of none, with the spaces between them. */
interface Part {
  readonly entity?: Entity;
  text: string;
  readonly nodes: (Node | string)[];
}

/** Returns the words of a sentence with its entities marked. `shown` makes what stands for a word. */
export function sentence(
  words: readonly string[],
  entities: readonly Entity[],
  hues: ReturnType<typeof typeHues>,
  shown: (word: string, index: number) => Node | string,
): (Node | string)[] {
  const parts = partsOf(words, entities, shown);
  const rooms = labelRooms(parts);
  return parts.flatMap(({ entity, nodes }, index) => {
    if (entity === undefined) return nodes;
    const mark = element("mark", { "data-type": entity.type }, ...nodes);
    mark.style.setProperty("--hue", String(hues.get(entity.type) ?? 0));
    mark.style.setProperty("--room", String(rooms[index]));
    return [mark];
  });
}

function partsOf(
  words: readonly string[],
  entities: readonly Entity[],
  shown: (word: string, index: number) => Node | string,
): Part[] {
  const begins = new Map(entities.map((entity) => [entity.start, entity]));
  const parts: Part[] = [];
  const add = (part: Part, text: string, node: Node | string) => {
    part.text += text;
    part.nodes.push(node);
  };
  /** The part between entities at the end, or a new one. */
  const between = (): Part => {
    const last = parts.at(-1);
    if (last !== undefined && last.entity === undefined) return last;
    const part = { text: "", nodes: [] };
    parts.push(part);
    return part;
  };
  for (let from = 0; from < words.length; ) {
    const entity = begins.get(from);
    if (from > 0) add(between(), " ", " ");
    const part: Part = entity === undefined ? between() : { entity, text: "", nodes: [] };
    if (entity !== undefined) parts.push(part);
    const end = entity?.end ?? from + 1;
    for (let at = from; at < end; at++) {
      if (at > from) add(part, " ", " ");
      add(part, words[at]!, shown(words[at]!, at));
    }
    from = end;
  }
  return parts;
}
