import { typeHues } from "../../marks/index.js";
import { element } from "../dom.js";
import type { Entity } from "./calls.js";

/** How a word is shown. */
export type ShownWord = (word: string, index: number) => Node | string;

/** Shows the words of a sentence with its entities marked. */
export function sentence(
  words: readonly string[],
  entities: readonly Entity[],
  hues: ReturnType<typeof typeHues>,
  shown: ShownWord,
): Node[] {
  const nodes: Node[] = [];
  const add = (from: number, to: number, into: (Node | string)[]) => {
    for (let word = from; word < to; word++) {
      if (word > from) into.push(" ");
      into.push(shown(words[word]!, word));
    }
  };
  let at = 0;
  const space = () => {
    if (at > 0) nodes.push(document.createTextNode(" "));
  };
  for (const { type, start, end } of [...entities].sort((a, b) => a.start - b.start)) {
    if (start > at) {
      space();
      const before: (Node | string)[] = [];
      add(at, start, before);
      nodes.push(...before.map((each) => (typeof each === "string" ? document.createTextNode(each) : each)));
      at = start;
    }
    space();
    const inside: (Node | string)[] = [];
    add(start, end, inside);
    const mark = element("mark", { "data-type": type }, ...inside);
    mark.style.setProperty("--hue", String(hues.get(type) ?? 0));
    nodes.push(mark);
    at = end;
  }
  if (at < words.length) {
    space();
    const rest: (Node | string)[] = [];
    add(at, words.length, rest);
    nodes.push(...rest.map((each) => (typeof each === "string" ? document.createTextNode(each) : each)));
  }
  return nodes;
}
