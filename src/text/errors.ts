import { NeriumError } from "../errors.js";
import { limits } from "../limits.js";

/** A text is longer than 16 million UTF-16 units, which would take gigabytes. */
export const textTooLong = (where: string): NeriumError =>
  new NeriumError(
    "TEXT_TOO_LONG",
    `A text has more than ${limits.textUnits.toLocaleString("en-US")} UTF-16 units`,
    {
      where,
      remedy: "Divide it into shorter texts.",
    },
  );
