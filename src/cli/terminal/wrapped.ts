import { Help } from "commander";

const help = Object.assign(new Help(), { minWidthToWrap: 0 });

/**
 * Breaks a line between words so that it fits a width. The lines after the first are indented. A word that is
 * longer than the width is not broken, so that paths can be copied.
 */
export const wrapped = (line: string, width: number, indent = "  "): string =>
  help.boxWrap(line, width - indent.length).replaceAll("\n", `\n${indent}`);
