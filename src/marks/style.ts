/** Colours of pages that show entities. They follow `color-scheme`, which follows the system unless it is set. */
export const PALETTE = `:root{color-scheme:light dark;
--paper:light-dark(#faf8f7,#171517);--sheet:light-dark(#fff,#201d20);--text:light-dark(#221d21,#ece7e9);
--soft:light-dark(#655c62,#b0a6ac);--line:light-dark(#e2dbde,#3a343a);--edge:light-dark(#8f858b,#7d7379);
--accent:light-dark(#a3195b,#f29ac0);--on-accent:light-dark(#fff,#2b0a1a);--tint:light-dark(#f9eaf1,#3a2230);
--bad:light-dark(#9c1c1c,#ff9d94);--bad-tint:light-dark(#fdeceb,#3d1f1d)}`;

/**
 * Marks of entities, and chips that stand for types. Both have the attribute `data-type` and the property
 * `--hue`. Marks add nothing to the width or height of their text, so that they fit under the text of an input.
 * Their labels stand above, and may be `--room` characters longer than the entity.
 */
export const MARKS = `[data-type]{--back:light-dark(oklch(.93 .05 var(--hue,0)),oklch(.38 .075 var(--hue,0)));
--ink:light-dark(oklch(.42 .13 var(--hue,0)),oklch(.88 .085 var(--hue,0)))}
mark{position:relative;background:var(--back);color:inherit;border-radius:.25em;box-shadow:0 .12em 0 var(--ink);-webkit-box-decoration-break:clone;box-decoration-break:clone}
mark::after{content:attr(data-type);position:absolute;inset-inline-start:0;bottom:calc(100% - .15em);max-width:max(4ch,calc(100% + var(--room,0)*1.5ch));overflow:hidden;text-overflow:clip;white-space:nowrap;font-size:.6em;line-height:1.3;font-weight:700;letter-spacing:.03em;color:var(--ink)}
.marked{line-height:2.1;white-space:pre-wrap;overflow-wrap:anywhere}
.chip{display:inline-flex;align-items:center;gap:.4em;background:var(--back);color:var(--ink);border-radius:1em;padding:.15em .7em;font-size:.8rem;line-height:1.5;font-weight:600}`;
