import { parse, type Spec, View } from 'vega';
import { type Stack, totalOf } from './cpu-profile.js';

const width = 1_200;
const rowHeight = 15;
/** What is narrower than this part of the whole is left out: nobody could read it. */
const leastShare = 0.003;

interface Cell {
  readonly x: number;
  readonly x2: number;
  readonly row: number;
  readonly label: string;
  readonly colour: string;
}

/**
 * A flame graph as an SVG: each box is a function, as wide as its share of the CPU time, on those that called it.
 *
 * @param operations by how many the time is divided: boxes tell microseconds an operation
 */
export function flameGraph(title: string, root: Stack, operations: number): Promise<string> {
  const whole = totalOf(root);
  const cells: Cell[] = [];
  const lay = (stack: Stack, x: number, row: number): void => {
    const total = totalOf(stack);
    const share = total / whole;
    if (share < leastShare) return;
    cells.push({
      x: x * width,
      x2: (x + share) * width,
      row,
      label: `${stack.name} ${Math.round(total / operations)} us`,
      colour: colourOf(stack.place),
    });
    let next = x;
    for (const child of byTime(stack.children)) {
      lay(child, next, row + 1);
      next += totalOf(child) / whole;
    }
  };
  lay(root, 0, 0);
  const height = rowHeight * (1 + Math.max(...cells.map(({ row }) => row)));
  return new View(parse(spec(title, height, cells)), { renderer: 'none' }).toSVG();
}

function byTime(stacks: readonly Stack[]): Stack[] {
  return [...stacks].sort((left, right) => totalOf(right) - totalOf(left));
}

/** Ours, the database driver, the frameworks, the runtime. */
function colourOf(place: string): string {
  if (place.startsWith('semel')) return '#8fc1b0';
  if (/^(pg|pg-.*|typeorm)$/.test(place)) return '#a9bfe0';
  if (/^(node|garbage collection|system calls and V8 itself)$/.test(place)) return '#e3e0d8';
  return '#ecc9a0';
}

function spec(title: string, height: number, cells: readonly Cell[]): Spec {
  const place = { x: { field: 'x' }, y: { signal: `${height} - ${rowHeight} * (datum.row + 1)` } };
  return {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    title: { text: title, anchor: 'start' },
    width,
    height,
    padding: 8,
    background: '#ffffff',
    data: [
      { name: 'cells', values: [...cells] },
      {
        name: 'wide',
        source: 'cells',
        transform: [{ type: 'filter', expr: 'datum.x2 - datum.x > 40' }],
      },
    ],
    marks: [
      {
        type: 'rect',
        aria: false,
        from: { data: 'cells' },
        encode: {
          enter: {
            ...place,
            x2: { field: 'x2' },
            height: { value: rowHeight - 1 },
            fill: { field: 'colour' },
            stroke: { value: '#ffffff' },
          },
        },
      },
      {
        type: 'text',
        aria: false,
        from: { data: 'wide' },
        encode: {
          enter: {
            ...place,
            dx: { value: 3 },
            dy: { value: rowHeight / 2 },
            baseline: { value: 'middle' },
            fontSize: { value: 9 },
            limit: { signal: 'datum.x2 - datum.x - 6' },
            text: { field: 'label' },
          },
        },
      },
    ],
  };
}
