import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../../test/run-kiwi.ts";
import { hourMs } from "../base/time.ts";
import { calendarNamed } from "../domain/calendar/calendar-named.ts";
import { DayBook } from "./day-book.ts";

const folder = temporaryFolder();
afterAll(folder.remove);
const calendar = calendarNamed("24/7@Asia/Tokyo");

test("the day begins where the market's day begins, with the last equity of the day before", () => {
  const book = new DayBook(join(folder.path, "tokyo"), calendar);
  // Tokyo's midnight is 15:00 UTC, and what closes then belongs to the day that ends.
  book.note(14 * hourMs, 14 * hourMs, 1_000, 3);
  expect(book.note(15 * hourMs, 15 * hourMs, 900, 1)).toMatchObject({ startEquity: 1_000, fills: 4 });
  expect(book.note(16 * hourMs, 16 * hourMs, 800, 2)).toMatchObject({
    startEquity: 900,
    fills: 2,
    peakEquity: 1_000,
  });
});

test("a restart within the day resets nothing", () => {
  const path = join(folder.path, "restart");
  const first = new DayBook(path, calendar);
  first.note(hourMs, hourMs, 1_000, 3);
  first.note(2 * hourMs, 2 * hourMs, 1_200, 2);
  expect(new DayBook(path, calendar).note(3 * hourMs, 3 * hourMs, 1_100, 1)).toMatchObject({
    startEquity: 1_000,
    fills: 6,
    peakEquity: 1_200,
  });
});

test("a clock that is set back opens no new day, and a page that cannot be read no false one", () => {
  const path = join(folder.path, "back");
  const book = new DayBook(path, calendar);
  book.note(16 * hourMs, 16 * hourMs, 1_000, 3);
  expect(book.note(2 * hourMs, 2 * hourMs, 900, 1)).toMatchObject({ startEquity: 1_000, fills: 4 });
  writeFileSync(path, "{");
  expect(new DayBook(path, calendar).note(16 * hourMs, 16 * hourMs, 700, 0)).toMatchObject({
    startEquity: 700,
    fills: 0,
  });
});

test("a clock that jumps over midnight lifts no limit of the day; one whose venue says so begins the next", () => {
  const book = new DayBook(join(folder.path, "jump"), calendar);
  book.note(hourMs, Number.NaN, 1_000, 3);
  for (const certainMs of [Number.NaN, hourMs])
    expect(book.note(20 * hourMs, certainMs, 900, 1)).toMatchObject({ startEquity: 1_000 });
  expect(book.note(2 * hourMs, 2 * hourMs, 850, 0)).toMatchObject({ startEquity: 1_000, fills: 5 });
  expect(book.note(20 * hourMs, 20 * hourMs, 800, 1)).toMatchObject({ startEquity: 850, fills: 1 });
});

test("a session with other settings goes on with the day of its account, whatever happened to the money in between", () => {
  const before = join(folder.path, "before");
  const first = new DayBook(before, calendar);
  first.note(hourMs, hourMs, 1_000, 3);
  first.note(2 * hourMs, 2 * hourMs, 960, 4);
  // 500 were withdrawn after it had ended.
  const next = new DayBook(join(folder.path, "next"), calendar, before);
  expect(next.note(3 * hourMs, 3 * hourMs, 460, 1)).toMatchObject({ startEquity: 500, fills: 8 });
  expect(next.note(4 * hourMs, 4 * hourMs, 450, 1)).toMatchObject({ startEquity: 500, fills: 9 });
  const tomorrow = new DayBook(join(folder.path, "tomorrow"), calendar, before);
  expect(tomorrow.note(20 * hourMs, 20 * hourMs, 460, 1)).toMatchObject({ startEquity: 460, fills: 1 });
  const unread = new DayBook(join(folder.path, "unread"), calendar, join(folder.path, "nowhere"));
  expect(unread.note(3 * hourMs, 3 * hourMs, 460, 1)).toMatchObject({ startEquity: 460, fills: 1 });
});
