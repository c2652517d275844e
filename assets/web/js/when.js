// Times, days and amounts, as the reader writes them.

import { language, tr } from "./locale.js";

const formats = new Map();

function format(options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language(), options));
  return formats.get(key);
}

const DAY = 24 * 60 * 60 * 1000;

/** The time of day: 09:48. */
export function clock(time) {
  return format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(time);
}

/** The day with its weekday, as between messages. */
export function day(time) {
  const date = new Date(time);
  const args = { weekday: date.getDay() || 7, day: date.getDate(), month: date.getMonth() + 1 };
  const text = tr("day", args);
  return date.getFullYear() === new Date().getFullYear() ? text : tr("day-of-year", { day: text, year: String(date.getFullYear()) });
}

/** A short day, or the time of today: of lists. */
export function short(time) {
  const date = new Date(time);
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock(time);
  const text = tr("when-short", { day: date.getDate(), month: date.getMonth() + 1 });
  return now - date < 300 * DAY ? text : `${text} ${date.getFullYear()}`;
}

/** Everything about an instant, for a tooltip. */
export function whole(time) {
  return format({ dateStyle: "full", timeStyle: "medium" }).format(time);
}

const UNITS = ["web-bytes", "web-kilobytes", "web-megabytes", "web-gigabytes", "web-terabytes"];

/** An amount of bytes: 10.4 MB, by steps of 1,000. */
export function bytes(count) {
  let unit = 0;
  let amount = count;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(amount);
  return tr(UNITS[unit], { amount: number });
}

/** How long something takes: 4 s, 3 min. */
export function span(seconds) {
  if (seconds < 90) return tr("web-seconds", { count: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return tr("web-minutes", { count: Math.round(seconds / 60) });
  return tr("web-hours", { count: Math.round(seconds / 3600) });
}
