import { PICTURE_STYLE } from "./style.js";
import { element } from "./svg.js";

/** Returns a picture as a file: with its style sheet, which follows the colour scheme of the system. */
export const standalone = (svg: string): string =>
  `${svg.replace(/^(<svg[^>]*>)/, (open) => `${open}${element("style", {}, PICTURE_STYLE)}`)}\n`;
