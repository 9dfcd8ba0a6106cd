const currency = /^(?:[$€£¥₹]|[A-Z]{3}\s)\s*|\s*(?:[$€£¥₹]|\s[A-Z]{3})$/g;
const gap = /[\s'’](?=\d{3}(\D|$))/g;
const grouped = /^[+-]?\d{1,3}([\s'’]\d{3})+(?!\d)/;

/** A number without its currency, and without spaces or apostrophes between its thousands: `$5`, `1 234,5 €`, `1'234.5`. */
export function bareNumber(text: string): string {
  const amount = text.replaceAll(currency, "");
  return grouped.test(amount) ? amount.replaceAll(gap, "") : amount;
}
