/** Pictures as SVG text: the same bytes for the same data, without a DOM. */
export { type Dot, type DotChart, dotChart } from "./dotChart.js";
export { type LineChart, lineChart, type Series } from "./lineChart.js";
export { type ReliabilityBin, reliabilityChart } from "./reliabilityChart.js";
export { standalone } from "./standalone.js";
export { PAGE_STYLE } from "./style.js";
