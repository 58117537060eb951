import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useColours } from '../design/use-colours.js';
import styles from './live-chart.module.css';
import type { Point } from './series.js';

export interface ChartSeries {
  readonly name: string;
  readonly colour: 'executed' | 'replayed' | 'in-flight' | 'ink-faint' | 'mismatched';
  readonly value: (point: Point) => number | null;
  readonly filled?: boolean;
  readonly dashed?: boolean;
}

export interface LiveChartProps {
  readonly title: string;
  /** Shown behind the numbers of the axis and the legend. */
  readonly unit: string;
  readonly points: readonly Point[];
  readonly series: readonly ChartSeries[];
  /** Without a frame of its own, for a place inside another panel. */
  readonly bare?: boolean;
}

const HEIGHT = 190;
const SPAN_SECONDS = 300;
const palette = ['executed', 'replayed', 'in-flight', 'ink-faint', 'mismatched', 'line', 'surface'] as const;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** The last five minutes of some numbers. The newest values stand beside it as text, for those who can't see the lines. */
export function LiveChart({ title, unit, points, series, bare = false }: LiveChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const newest = useRef({ points, series });
  newest.current = { points, series };
  const colours = useColours(palette);
  const latest = points.at(-1);

  useEffect(() => {
    const element = holder.current;
    if (element === null) return undefined;
    const chart = new UPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        padding: [12, 4, 0, 0],
        legend: { show: false },
        cursor: { y: false, points: { size: 6 } },
        scales: {
          x: { range: () => [Date.now() / 1_000 - SPAN_SECONDS, Date.now() / 1_000] },
          y: { range: (_, __, max) => [0, Math.max(1, (max ?? 0) * 1.15)] },
        },
        axes: [
          axis(colours, {
            size: 26,
            space: 70,
            values: (_, ticks) => ticks.map((tick) => clock.format(tick * 1_000)),
          }),
          axis(colours, {
            size: 46,
            space: 36,
            grid: true,
            values: (_, ticks) => ticks.map((tick) => format(tick)),
          }),
        ],
        series: [
          {},
          ...newest.current.series.map(({ colour, filled, dashed, name }) => ({
            label: name,
            stroke: colours[colour],
            width: 2,
            points: { show: false },
            ...(filled ? { fill: faded(colours[colour]) } : {}),
            ...(dashed ? { dash: [5, 4] } : {}),
          })),
        ],
      },
      table(newest.current),
      element,
    );
    plot.current = chart;
    const resize = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: HEIGHT }));
    resize.observe(element);
    return () => {
      resize.disconnect();
      chart.destroy();
    };
  }, [colours]);

  useEffect(() => plot.current?.setData(table({ points, series })), [points, series]);

  return (
    <figure className={styles.chart} data-bare={bare}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <ul className={styles.legend}>
          {series.map(({ name, colour, dashed, value }) => (
            <li key={name} data-colour={colour} data-dashed={dashed}>
              {name} <b>{latest === undefined ? '–' : `${format(value(latest))} ${unit}`}</b>
            </li>
          ))}
        </ul>
      </figcaption>
      <div ref={holder} className={styles.plot} aria-hidden="true" />
    </figure>
  );
}

function table({ points, series }: Pick<LiveChartProps, 'points' | 'series'>): UPlot.AlignedData {
  return [points.map(({ at }) => at / 1_000), ...series.map(({ value }) => points.map(value))];
}

type Colours = Readonly<Record<(typeof palette)[number], string>>;

function axis(colours: Colours, options: { grid?: boolean } & Omit<UPlot.Axis, 'grid'>): UPlot.Axis {
  const { grid = false, ...rest } = options;
  return {
    ...rest,
    stroke: colours['ink-faint'],
    font: '12px "Instrument Sans Variable"',
    ticks: { show: false },
    grid: { show: grid, stroke: colours.line, width: 1 },
  };
}

/** `rgb(…)` and `oklch(…)` both take an alpha after a slash. */
function faded(colour: string): string {
  return `color-mix(in oklab, ${colour} 14%, transparent)`;
}

function format(value: number | null): string {
  if (value === null) return '–';
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
}
