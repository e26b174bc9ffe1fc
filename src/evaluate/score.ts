import { fixed } from "./fixed.js";

/** Digits after the point of a score in all reports. */
export const SCORE_DIGITS = 4;

/**
 * Formats a score or a loss with four decimals, as seqeval's users quote it. Every place that prints a score uses
 * this, so that the last digit is the same in the terminal, in reports, on pages and on cards.
 */
export const score = (value: number): string => (Number.isFinite(value) ? fixed(value, SCORE_DIGITS) : "-");

/** Formats a difference of scores with its sign. */
export const signedScore = (value: number): string => `${value < 0 ? "−" : "+"}${score(Math.abs(value))}`;
