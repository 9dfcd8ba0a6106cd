const gap = /[\s'’](?=\d{3}(\D|$))/g;
const grouped = /^[+-]?\d{1,3}([\s'’]\d{3})+(?!\d)/;

/** A number without the spaces or apostrophes between its thousands: `1 234,5` and `1'234.5`. */
export function withoutGaps(text: string): string {
  return grouped.test(text) ? text.replaceAll(gap, "") : text;
}
