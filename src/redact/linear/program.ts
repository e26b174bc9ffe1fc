import { type Node, parsed, Unsupported } from "./syntax.js";

/** Whether a character, given as its code point, belongs to a class. -1 stands for the end of the text. */
export type CharacterTest = (codePoint: number) => boolean;

export type Instruction =
  | { readonly op: "one"; readonly test: CharacterTest }
  /** Goes on at both places; the first is preferred. */
  | { readonly op: "split"; first: number; second: number }
  | { readonly op: "jump"; to: number }
  | { readonly op: "assert"; readonly holds: (before: number, after: number) => boolean }
  | { readonly op: "match" };

/** The instructions that an expression may have. Each is a step for every character in the worst case. */
const MOST_INSTRUCTIONS = 2000;

/** An expression as a program for a machine that follows all ways at once. */
export function program(source: string, flags: string): readonly Instruction[] {
  const instructions: Instruction[] = [];
  const add = (instruction: Instruction): number => {
    if (instructions.length >= MOST_INSTRUCTIONS)
      throw new Unsupported("too many characters and repetitions");
    return instructions.push(instruction) - 1;
  };
  const compile = (node: Node): void => {
    switch (node.kind) {
      case "empty":
        return;
      case "one":
        add({ op: "one", test: characterTest(node.source, flags) });
        return;
      case "sequence":
        for (const part of node.parts) compile(part);
        return;
      case "choice":
        choice(node.parts);
        return;
      case "repeat":
        repeat(node.node, node.least, node.most, node.lazy);
        return;
      case "at":
        add({ op: "assert", holds: placeTest(node.place, flags.includes("m")) });
        return;
      case "look": {
        const test = characterTest(node.source, flags);
        const { behind, negative } = node;
        add({ op: "assert", holds: (before, after) => test(behind ? before : after) !== negative });
        return;
      }
    }
  };
  const choice = (parts: readonly Node[]): void => {
    const jumps: { to: number }[] = [];
    for (const part of parts.slice(0, -1)) {
      const split = { op: "split" as const, first: instructions.length + 1, second: 0 };
      add(split);
      compile(part);
      const jump = { op: "jump" as const, to: 0 };
      add(jump);
      jumps.push(jump);
      split.second = instructions.length;
    }
    compile(parts.at(-1)!);
    for (const jump of jumps) jump.to = instructions.length;
  };
  const optional = (body: () => void, lazy: boolean): void => {
    const split = { op: "split" as const, first: 0, second: 0 };
    const at = add(split);
    body();
    const after = instructions.length;
    [split.first, split.second] = lazy ? [after, at + 1] : [at + 1, after];
  };
  const repeat = (node: Node, least: number, most: number, lazy: boolean): void => {
    if (least > MOST_INSTRUCTIONS) throw new Unsupported("too many characters and repetitions");
    for (let count = 0; count < least; count++) compile(node);
    if (most === Number.POSITIVE_INFINITY) {
      optional(() => {
        const begin = instructions.length - 1;
        compile(node);
        add({ op: "jump", to: begin });
      }, lazy);
      return;
    }
    if (most > MOST_INSTRUCTIONS) throw new Unsupported("too many characters and repetitions");
    const nested = (left: number): void => {
      if (left <= 0) return;
      optional(() => {
        compile(node);
        nested(left - 1);
      }, lazy);
    };
    nested(most - least);
  };
  compile(parsed(source));
  add({ op: "match" });
  return instructions;
}

/** A class by a table for ASCII, and otherwise by an expression for a single character. */
export function characterTest(source: string, flags: string): CharacterTest {
  const bare = [...source].length === 1 && /[\^$\\.*+?()[\]{}|/]/.test(source) && source !== ".";
  const expression = new RegExp(
    `^(?:${bare ? `\\${source}` : source})$`,
    `u${flags.includes("i") ? "i" : ""}${flags.includes("s") ? "s" : ""}`,
  );
  const ascii = Array.from({ length: 128 }, (_, code) => expression.test(String.fromCharCode(code)));
  return (codePoint) =>
    codePoint >= 0 &&
    (codePoint < 128 ? ascii[codePoint]! : expression.test(String.fromCodePoint(codePoint)));
}

const isLineEnd = (code: number): boolean => code === 10 || code === 13 || code === 0x2028 || code === 0x2029;
const WORD = /\w/;
const isWord = (code: number): boolean => code >= 0 && code < 128 && WORD.test(String.fromCharCode(code));

function placeTest(
  place: "start" | "end" | "boundary" | "inside",
  lines: boolean,
): (before: number, after: number) => boolean {
  switch (place) {
    case "start":
      return (before) => before < 0 || (lines && isLineEnd(before));
    case "end":
      return (_, after) => after < 0 || (lines && isLineEnd(after));
    case "boundary":
      return (before, after) => isWord(before) !== isWord(after);
    case "inside":
      return (before, after) => isWord(before) === isWord(after);
  }
}
