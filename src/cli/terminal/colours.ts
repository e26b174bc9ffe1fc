import pc from "picocolors";
import type { Output } from "../io.js";

/** Colours and weights for text. If colours are off, they return the text unchanged. */
export type Colours = ReturnType<typeof pc.createColors>;

/**
 * Returns true if a stream gets colours: never with NO_COLOR, always with FORCE_COLOR unless it is 0 or false
 * (https://no-color.org, https://force-color.org), otherwise if it is a terminal and TERM is not dumb.
 */
export function hasColours(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "")
    return !["0", "false"].includes(env.FORCE_COLOR);
  return output.isTTY === true && env.TERM !== "dumb";
}

/** Returns the colours for a stream. */
export function coloursFor(output: Output, env: Readonly<Record<string, string | undefined>>): Colours {
  return pc.createColors(hasColours(output, env));
}

/**
 * Assigns a colour to each entity type, in the order in which types first appear. Colours repeat after six
 * types.
 */
export function typeColours(colours: Colours): (type: string) => (text: string) => string {
  const palette = [colours.cyan, colours.yellow, colours.green, colours.magenta, colours.blue, colours.red];
  const given = new Map<string, (text: string) => string>();
  return (type) => {
    const colour = given.get(type) ?? palette[given.size % palette.length]!;
    given.set(type, colour);
    return colour;
  };
}
