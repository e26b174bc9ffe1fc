/** The processes that train one model together. */
export {
  type BeforeWrite,
  type Collective,
  type ExchangedBlock,
  type Session,
  singleProcess,
} from "./collective.js";
export { type Launch, launchOf } from "./launch.js";
export { failedBefore, openCollective, together } from "./open.js";
export { dividedByWeight, type SharedPiece, type ShareRange, Shares } from "./shares.js";
