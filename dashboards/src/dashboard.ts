/** Units of Grafana that are used here. */
export type Unit = 'short' | 'ms' | 's' | 'ops' | 'currencyUSD' | 'percentunit' | 'dateTimeFromNow';

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  /** What its series are called, with `{{label}}` for the value of a label. */
  readonly legend: string;
}

/** What is drawn. */
export interface Panel {
  readonly title: string;
  /** What it shows and when to worry; shown behind the (i). */
  readonly description: string;
  readonly unit: Unit;
  /** A line over time, areas upon one another, or the number of now. @default 'lines' */
  readonly kind?: 'lines' | 'stacked' | 'number';
  readonly queries: readonly [Query, ...Query[]];
}

/** Panels that belong together. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard, as it is written here. */
export interface Dashboard {
  /** Of the file, without its ending; also tells it from others in Grafana. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly Row[];
}
