import { MARKS, PALETTE } from "../../marks/index.js";
import { PAGE_STYLE } from "../../plot/index.js";

/** The style sheet of the page. Its colours and marks are those of the other pages. */
export const STYLE = `${PALETTE}
${MARKS}
${PAGE_STYLE}
*{box-sizing:border-box}
body{max-width:70rem;margin:0 auto;padding:0 1.25rem 3rem;background:var(--paper);color:var(--text);font:1rem/1.5 system-ui,sans-serif}
header{padding:1.4rem 0 .4rem}
h1{margin:0;font-size:1.6rem;line-height:1.2;letter-spacing:-.02em;overflow-wrap:anywhere}
h2{margin:2.4rem 0 .6rem;font-size:1.2rem}
h3{margin:2rem 0 .5rem;font-size:1rem}
h2.model{padding-top:1.6rem;border-top:2px solid var(--accent);overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:60rem;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.scroll{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;background:var(--sheet);font-size:.9rem;font-variant-numeric:tabular-nums}
caption{padding:.2rem 0 .4rem;text-align:start;color:var(--soft);font-size:.85rem}
@media (min-width:40rem){caption{white-space:nowrap}}
th,td{padding:.35rem .8rem;border:1px solid var(--line);text-align:end;white-space:nowrap}
thead th{background:var(--tint);font-weight:600}
th:first-child,.words{text-align:start}
td.words{white-space:normal;min-width:14rem}
tbody th{max-width:16rem;font-weight:600;overflow-wrap:break-word;white-space:normal}
td[style]{background:color-mix(in oklab,var(--accent) calc(var(--share)*30%),var(--sheet))}
td.right[style]{background:color-mix(in oklab,light-dark(#1d7a4c,#7fd3a5) calc(var(--share)*30%),var(--sheet))}
.big{display:flex;flex-wrap:wrap;gap:1rem;margin:1rem 0;padding:0;list-style:none}
.big li{padding:.8rem 1.2rem;background:var(--sheet);border:1px solid var(--line);border-radius:.6rem}
.big b{display:block;font-size:1.7rem;line-height:1.2;font-variant-numeric:tabular-nums}
.big span,footer,.place{color:var(--soft);font-size:.85rem}
.chart{display:block;margin:.8rem 0}
.filters{display:flex;flex-wrap:wrap;align-items:end;gap:.8rem;margin:.8rem 0}
.filters[hidden]{display:none}
.filters div{display:flex;flex-direction:column;gap:.2rem}
.filters label{font-size:.85rem;color:var(--soft)}
input,select{min-height:2.25rem;padding:.3rem .8rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--sheet);color:var(--text);font:inherit;font-size:.9rem}
.errors{margin:0;padding:0;list-style:none}
.errors li{padding:.7rem 0;border-top:1px solid var(--line);content-visibility:auto;contain-intrinsic-size:auto 9rem}
.errors .what{display:flex;flex-wrap:wrap;align-items:baseline;gap:.3rem .6rem;margin:0}
.errors .marked{margin:.1rem 0;max-width:none;display:grid;grid-template-columns:6rem 1fr;white-space:normal}
.errors .marked>span:first-child{color:var(--soft);font-size:.8rem}
.errors .marked>span:last-child{white-space:pre-wrap}
mark.own{background:var(--ink);color:var(--paper)}
.place{overflow-wrap:anywhere}
footer{margin-top:3rem;padding-top:.8rem;border-top:1px solid var(--line)}
@media (max-width:40rem){.chart{max-width:none}.errors .marked{grid-template-columns:1fr}.big{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}.big li{padding:.6rem .8rem}.big b{font-size:1.5rem}}
@media print{.filters{display:none}.errors li{content-visibility:visible}}`;
