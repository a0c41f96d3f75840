const SIZES = ["bytes", "kB", "MB", "GB", "TB"];

/** `67536` → `67.5 kB`. */
export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return "–";
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < SIZES.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  // Halves go up, as everywhere else in Mote.
  return `${(Math.round(value * 10 ** digits) / 10 ** digits).toFixed(digits)} ${SIZES[unit]}`;
}

/** `1234567` → `1,234,567`. */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toLocaleString("en-US");
}

/** `1 device`, `12 devices`. */
export function counted(value: number | null | undefined, one: string): string {
  return `${count(value)} ${value === 1 ? one : `${one}s`}`;
}

/** `1,234`, `12.3`, `0.527`: a measured value, as exact as people read. */
export function figure(value: number): string {
  const size = Math.abs(value);
  const digits = Number.isInteger(value) || size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3;
  return value.toLocaleString("en-US", { maximumFractionDigits: digits });
}

/** `4,882 bytes`: where every byte counts. */
export function exactly(size: number | null | undefined): string {
  return size === null || size === undefined ? "–" : `${count(size)} bytes`;
}

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [4.35, "week"],
  [12, "month"],
  [Number.POSITIVE_INFINITY, "year"],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** `2 minutes ago`. */
export function ago(time: string | null | undefined, now: number = Date.now()): string {
  if (!time) return "never";
  let value = (new Date(time).getTime() - now) / 1000;
  for (const [size, unit] of STEPS) {
    if (Math.abs(Math.round(value)) < size) return RELATIVE.format(Math.round(value), unit);
    value /= size;
  }
  return time;
}

const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

export function moment(time: string | null | undefined): string {
  return time ? FULL.format(new Date(time)) : "–";
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** The time of day alone, where the day stands elsewhere. */
export function clockTime(time: string): string {
  return CLOCK.format(new Date(time));
}

/** `PT1H30M` → `1 h 30 min`. */
export function duration(iso: string | null | undefined): string {
  const [, hours, minutes, seconds] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(iso ?? "") ?? [];
  const text = [hours && `${hours} h`, minutes && `${minutes} min`, Number(seconds) > 0 && `${Number(seconds)} s`].filter(Boolean).join(" ");
  return text || "0 s";
}

const INSTANT = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence of the service, with its times as people read them, in their own zone. */
export function sentence(text: string): string {
  return text.replace(INSTANT, (time) => moment(time));
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${((100 * part) / whole).toFixed(part === 0 || part === whole ? 0 : 1)} %`;
}

/** The first characters of a digest or an id. */
export function short(id: string | null | undefined): string {
  return id ? id.slice(0, 8) : "–";
}
