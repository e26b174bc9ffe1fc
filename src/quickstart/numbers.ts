import type { Random } from "./random.js";

/** Template slots for numbers, as news agencies write them. */
export const numberSlots: Readonly<Record<string, (random: Random) => string>> = {
  number: (random) =>
    random.chance(0.5)
      ? String(2 + random.below(97))
      : `${1 + random.below(90)},${String(random.below(1000)).padStart(3, "0")}`,
  age: (random) => String(17 + random.below(70)),
  date: (random) =>
    [1950 + random.below(80), 1 + random.below(12), 1 + random.below(28)]
      .map((part) => String(part).padStart(2, "0"))
      .join("-"),
  year: (random) => String(1950 + random.below(80)),
  percent: (random) => `${1 + random.below(30)}${random.chance(0.5) ? `.${random.below(10)}` : ""} percent`,
  money: (random) =>
    `${random.pick(["$", "€", "£"])} ${1 + random.below(900)}${random.chance(0.4) ? `.${random.below(10)}` : ""} ${random.pick(["million", "billion"])}`,
  score: (random) => `${random.below(6)} - ${random.below(5)}`,
  sets: (random) =>
    Array.from({ length: 2 + random.below(2) }, () => {
      const lost = random.below(6);
      return random.chance(0.7) ? `${lost === 5 ? 7 : 6} - ${lost}` : `${lost} - ${lost === 5 ? 7 : 6}`;
    }).join(" "),
};
