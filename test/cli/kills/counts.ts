import type { CommandCounts } from "./killCommand.js";

/** The counts of a command in one line. */
export const countsText = (
  name: string,
  { kills, aimed, leftBehind, mixed, runs, lost }: CommandCounts,
): string =>
  `${name}: ${kills} kills, ${aimed} of them at a change, ${leftBehind} left something behind, ${mixed} were between two files of a folder; ${runs} runs ended, ${lost.length} wrong`;
