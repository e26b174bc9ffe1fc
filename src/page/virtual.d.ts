/** The look that pages share: `src/marks/style.ts`, which `scripts/page.mjs` makes a style sheet. */
declare module "virtual:marks.css";
declare module "*.css";
