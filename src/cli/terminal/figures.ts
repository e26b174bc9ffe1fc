/** Formats figures for people who read them in a terminal. */
export { score, signedScore } from "../../evaluate/score.js";
export { count, counted, duration, epochs, memory, parameterFigure, rate } from "../../figures.js";
