/** What of the screen goes where, by the size of the terminal. */

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Layout {
  /** Lines of the table, its heading included; 0: no room. */
  readonly table: number;
  /** Lines of the charts, their titles included; 0: no room. */
  readonly charts: number;
  /** Charts side by side, at most. */
  readonly across: number;
}

/** Heading, stage, best and a rule above the table; a remark and the keys below the charts. */
const LINES_AROUND = 6;
const LEAST_CHART = { columns: 26, rows: 7 };
const MOST_CHART_ROWS = 16;
const LEAST_TABLE = 5;

export function layoutFor({ columns, rows }: Size): Layout {
  const body = Math.max(0, rows - LINES_AROUND);
  const charts = Math.min(MOST_CHART_ROWS, Math.floor(body / 2));
  const fits = charts >= LEAST_CHART.rows && body - charts >= LEAST_TABLE && columns >= LEAST_CHART.columns;
  if (!fits) return { table: body, charts: 0, across: 0 };
  return { table: body - charts, charts, across: Math.floor(columns / LEAST_CHART.columns) };
}
