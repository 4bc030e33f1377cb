import type { PredicateKind } from './predicate-kind.ts';

/** How much of everything an item holds. */
export interface ItemShape {
  /** Members of its longest list or object. */
  readonly elements: number;
  /** Values at all levels. */
  readonly nodes: number;
  /** Characters of all texts. */
  readonly chars: number;
}

/** How large a value can be, as far as a predicate's text and the shape of its item tell. */
export interface SizedValue {
  /** Members, as a list or map. */
  readonly elements: number;
  /** Values below it, at all levels. */
  readonly nodes: number;
  /** Characters of the longest text that it is or holds. */
  readonly maxChars: number;
  /** The same on average over the passes of the loops around it: the elements of a list share the item's characters. */
  readonly meanChars: number;
  /** What its members are; none for a scalar. */
  readonly element?: () => SizedValue;
  /** Its fields, where they are known. */
  readonly fields?: Readonly<Record<string, SizedValue>>;
}

/** A value without members. */
export function scalar(maxChars = 0, meanChars = maxChars): SizedValue {
  return { elements: 0, nodes: 0, maxChars, meanChars };
}

/** The variable `item`. */
export function itemValue(kind: PredicateKind, shape: ItemShape): SizedValue {
  const { elements, nodes, chars } = shape;
  const text = scalar(chars);
  const name = scalar(200);
  const listOrScalar = { ...text, elements, nodes: elements, element: () => text };
  const anything: SizedValue = { ...text, elements, nodes, element: () => anything };
  const fields = {
    stream: {
      id: name,
      stream: name,
      at: scalar(),
      source: name,
      title: scalar(1000),
      body: text,
      attributes: { ...text, elements, nodes, element: () => listOrScalar },
    },
    sibling: {
      id: name,
      tag: name,
      at: scalar(),
      publisher: name,
      kind: name,
      value: anything,
    },
  };
  return { ...text, elements: 0, nodes, fields: fields[kind] };
}

/** What is found under a key of a value; its texts are no longer than all of the value's. */
export function elementOf(value: SizedValue): SizedValue {
  const element = value.element?.() ?? scalar(value.maxChars);
  return { ...element, meanChars: Math.min(element.meanChars, value.meanChars) };
}

/** What a loop over a value binds its variable to: the passes share the value's characters. */
export function loopVariable(range: SizedValue): SizedValue {
  return { ...elementOf(range), meanChars: range.meanChars / Math.max(1, range.elements) };
}

/** A value that is one of several. */
export function oneOf(values: readonly SizedValue[]): SizedValue {
  const most = (measure: (value: SizedValue) => number): number =>
    values.reduce((max, value) => Math.max(max, measure(value)), 0);
  return {
    elements: most((value) => value.elements),
    nodes: most((value) => value.nodes),
    maxChars: most((value) => value.maxChars),
    meanChars: most((value) => value.meanChars),
    ...(values.some((value) => value.element)
      ? { element: () => oneOf(values.map(elementOf)) }
      : {}),
  };
}

/** Values put one after the other: texts, or lists. */
export function sumOf(values: readonly SizedValue[]): SizedValue {
  const sum = (measure: (value: SizedValue) => number): number =>
    values.reduce((total, value) => total + measure(value), 0);
  return {
    ...oneOf(values),
    elements: sum((value) => value.elements),
    nodes: sum((value) => value.nodes),
    maxChars: sum((value) => value.maxChars),
    meanChars: sum((value) => value.meanChars),
  };
}

/** A list of which each member is known. */
export function listOf(members: readonly SizedValue[], elements = members.length): SizedValue {
  return {
    ...oneOf(members),
    elements,
    nodes: members.length + sumOf(members).nodes,
    element: () => oneOf(members),
  };
}
