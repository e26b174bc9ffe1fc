import pc from "picocolors";
import type { Output } from "../io.js";

/** Colours and weights for text; without colour they give the text back as it is. */
export type Colours = ReturnType<typeof pc.createColors>;

/**
 * Whether a stream gets colours: NO_COLOR says never, FORCE_COLOR always (https://no-color.org, https://force-color.org);
 * else a terminal does that is not dumb.
 */
export function hasColours(output: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "")
    return !["0", "false"].includes(env.FORCE_COLOR);
  return output.isTTY === true && env.TERM !== "dumb";
}

/** The colours for a stream. */
export function coloursFor(output: Output, env: Readonly<Record<string, string | undefined>>): Colours {
  return pc.createColors(hasColours(output, env));
}

/** Gives each entity type a colour of its own, in the order in which the types first appear. */
export function typeColours(colours: Colours): (type: string) => (text: string) => string {
  const palette = [colours.cyan, colours.yellow, colours.green, colours.magenta, colours.blue, colours.red];
  const given = new Map<string, (text: string) => string>();
  return (type) => {
    const colour = given.get(type) ?? palette[given.size % palette.length]!;
    given.set(type, colour);
    return colour;
  };
}
