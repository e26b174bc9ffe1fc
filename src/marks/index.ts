export { typeHues } from "./hues.js";
export { labelRooms, type Marked, type Segment, segments } from "./segments.js";
export { MARKS, PALETTE } from "./style.js";
