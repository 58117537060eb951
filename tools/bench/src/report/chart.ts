import { parse, type Spec, View } from 'vega';
import type { Measured } from './report.js';

const ours = '#2f6f5e';
const others = '#b9b4a7';

/** Operations a second of each subject as an SVG: medians as bars, the least and the most that was seen as a line. */
export async function barChart(title: string, measured: readonly Measured[]): Promise<string> {
  const values = measured.map(({ name, median, spread }) => ({
    name,
    median: Math.round(median.perSecond),
    least: spread.perSecond[0],
    most: spread.perSecond[1],
    colour: /^(order|inventory|peak|confirmed)/.test(name) ? ours : others,
  }));
  return render({
    ...frame(title, 26 * values.length),
    data: [{ name: 'subjects', values }],
    scales: [
      {
        name: 'y',
        type: 'band',
        domain: { data: 'subjects', field: 'name' },
        range: 'height',
        padding: 0.25,
      },
      { name: 'x', domain: { data: 'subjects', field: 'most' }, range: 'width', nice: true, zero: true },
    ],
    axes: [
      { orient: 'left', scale: 'y', domain: false, ticks: false, labelPadding: 6 },
      { orient: 'bottom', scale: 'x', grid: true, tickCount: 5, title: 'operations a second' },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'subjects' },
        encode: {
          enter: {
            y: { scale: 'y', field: 'name' },
            height: { scale: 'y', band: 1 },
            x: { scale: 'x', value: 0 },
            x2: { scale: 'x', field: 'median' },
            fill: { field: 'colour' },
          },
        },
      },
      {
        type: 'rule',
        from: { data: 'subjects' },
        encode: {
          enter: {
            y: { scale: 'y', field: 'name', band: 0.5 },
            x: { scale: 'x', field: 'least' },
            x2: { scale: 'x', field: 'most' },
            stroke: { value: '#333333' },
          },
        },
      },
    ],
  });
}

/** A value once a second as an SVG. */
export async function lineChart(title: string, unit: string, series: readonly number[]): Promise<string> {
  const values = series.map((value, second) => ({ second, value }));
  return render({
    ...frame(title, 160),
    data: [{ name: 'points', values }],
    scales: [
      { name: 'x', domain: { data: 'points', field: 'second' }, range: 'width', zero: true },
      { name: 'y', domain: { data: 'points', field: 'value' }, range: 'height', nice: true, zero: true },
    ],
    axes: [
      { orient: 'left', scale: 'y', grid: true, tickCount: 4, title: unit },
      { orient: 'bottom', scale: 'x', title: 'seconds' },
    ],
    marks: [
      {
        type: 'line',
        from: { data: 'points' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'second' },
            y: { scale: 'y', field: 'value' },
            stroke: { value: ours },
          },
        },
      },
    ],
  });
}

function frame(title: string, height: number): Spec {
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    title: { text: title, anchor: 'start' },
    width: 520,
    height,
    padding: 8,
    background: '#ffffff',
  };
}

function render(spec: Spec): Promise<string> {
  return new View(parse(spec), { renderer: 'none' }).toSVG();
}
