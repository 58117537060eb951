import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Series } from './metrics.js';

/** Grafana's own names of ranges, as Prometheus would get them. */
const RANGES = /\$__(?:rate_)?interval/g;

const RATES = new Set(['Rate', 'Irate', 'Increase']);

/** What is wrong with a query: its syntax, a series that nobody shows, a label that the series lacks, a rate of a gauge or none of a counter. */
export function problemsOf(query: string, series: ReadonlyMap<string, Series>): string[] {
  const text = query.replaceAll(RANGES, '5m');
  const tree = parser.parse(text);
  const wrong = nodesOf(tree, (node) => node.type.isError);
  if (wrong.length > 0) return wrong.map(({ from }) => `no PromQL at ${text.slice(from, from + 20)}`);
  const selectors = nodesOf(tree, ({ name }) => name === 'VectorSelector');
  return [
    ...new Set([
      ...selectors.flatMap((node) => selectorProblems(node, text, series)),
      ...groupingProblems(tree, text, series),
    ]),
  ];
}

function selectorProblems(node: SyntaxNode, text: string, series: ReadonlyMap<string, Series>): string[] {
  const name = metricOf(node, text);
  const found = series.get(name);
  if (!found) return [`nobody shows ${name}`];
  const matched = labelsIn(node, text);
  const problems = matched
    .filter((label) => !found.labels.has(label))
    .map((label) => `${name} has no label ${label}`);
  const rated = isRated(node);
  if (found.grows && !rated) problems.push(`${name} only grows: ask for its rate`);
  if (!found.grows && rated) problems.push(`${name} is a gauge: it has no rate`);
  return problems;
}

/** Labels that survive an aggregation have to be of a series below it. */
function groupingProblems(tree: Tree, text: string, series: ReadonlyMap<string, Series>): string[] {
  return nodesOf(tree, ({ name }) => name === 'AggregateExpr').flatMap((aggregate) => {
    const names = nodesOf(aggregate, ({ name }) => name === 'VectorSelector').map((node) =>
      metricOf(node, text),
    );
    const grouping = nodesOf(aggregate, ({ name }) => name === 'GroupingLabels').flatMap((node) =>
      labelsIn(node, text),
    );
    return grouping
      .filter((label) => names.some((name) => series.get(name)?.labels.has(label) === false))
      .map((label) => `${names.join(', ')} can't be grouped by ${label}`);
  });
}

/** The labels that a result has: those of its outermost aggregations, or all of its series'. */
export function labelsOfResult(query: string, series: ReadonlyMap<string, Series>): Set<string> {
  const tree = parser.parse(query);
  const outermost = nodesOf(tree, ({ name }) => name === 'AggregateExpr').filter(
    (node) => !hasAncestor(node, 'AggregateExpr'),
  );
  if (outermost.length > 0) {
    return new Set(
      outermost.flatMap((node) => {
        const modifier = node.getChild('AggregateModifier');
        return modifier ? labelsIn(modifier, query) : [];
      }),
    );
  }
  return new Set(
    nodesOf(tree, ({ name }) => name === 'VectorSelector').flatMap((node) => [
      ...(series.get(metricOf(node, query))?.labels ?? []),
    ]),
  );
}

function metricOf(node: SyntaxNode, text: string): string {
  const identifier = node.getChild('Identifier');
  return identifier ? text.slice(identifier.from, identifier.to) : '';
}

function labelsIn(node: SyntaxNode, text: string): string[] {
  return nodesOf(node, ({ name }) => name === 'LabelName').map(({ from, to }) => text.slice(from, to));
}

function isRated(node: SyntaxNode): boolean {
  for (let up = node.parent; up; up = up.parent) {
    if (up.name !== 'FunctionCall') continue;
    const called = up.getChild('FunctionIdentifier')?.firstChild?.name ?? '';
    if (RATES.has(called)) return true;
  }
  return false;
}

function hasAncestor(node: SyntaxNode, name: string): boolean {
  for (let up = node.parent; up; up = up.parent) if (up.name === name) return true;
  return false;
}

function nodesOf(root: Tree | SyntaxNode, wanted: (node: SyntaxNode) => boolean): SyntaxNode[] {
  const top = 'topNode' in root ? root.topNode : root;
  const found: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (wanted(node)) found.push(node);
    for (let child = node.firstChild; child; child = child.nextSibling) visit(child);
  };
  visit(top);
  return found;
}
