/** Numbers as people read them. */

const grouped = new Intl.NumberFormat('en-US');

/** 1234567 -> `1,234,567` */
export function whole(value: number): string {
  return grouped.format(value);
}

/** Four to six significant digits, never in powers of ten. */
export function decimal(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1e5) return String(Math.round(value));
  return value.toFixed(Math.abs(value) >= 100 ? 2 : 4);
}

/** 0.7312 -> `73.12 %` */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}

/** 1234567 -> `1.235 M` */
export function millions(value: number): string {
  return `${(value / 1e6).toFixed(3)} M`;
}

/** 72.4 -> `1 min 12 s` */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  if (all < 3600) return `${Math.floor(all / 60)} min ${all % 60} s`;
  return `${Math.floor(all / 3600)} h ${Math.floor((all % 3600) / 60)} min`;
}

/** Milliseconds since 1970 -> `2026-11-03 12:04:59`, in local time. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** `1 candidate`, `2 candidates` */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}
