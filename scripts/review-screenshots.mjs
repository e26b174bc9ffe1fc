// Takes the pictures of a review for docs/images/, from the address that `nerium data review SUSPECTS` prints:
//   NERIUM_CHROMIUM=chromium node scripts/review-screenshots.mjs ADDRESS
import { join, resolve } from "node:path";
import { chromium } from "playwright-core";

const [address, folder = resolve(import.meta.dirname, "../docs/images")] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.NERIUM_CHROMIUM,
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
});
const pictures = {
  "review-light": { viewport: { width: 1080, height: 560 } },
};
for (const [name, options] of Object.entries(pictures)) {
  const page = await browser.newPage(options);
  await page.goto(address);
  await page.locator("#review").waitFor();
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();
