/** Entities in a text: {startOffset, endOffset, label}; the end is exclusive; none overlap. */

/** Adds `entity`; it replaces those it overlaps. */
export function addEntity(entities, entity) {
  const kept = entities.filter((other) => !overlaps(other, entity));
  return [...kept, entity].sort((a, b) => a.startOffset - b.startOffset);
}

export function removeAt(entities, offset) {
  return entities.filter(
    ({ startOffset, endOffset }) => offset < startOffset || offset >= endOffset,
  );
}

/** Cuts the text into runs that lie wholly inside or outside of entities, selection and words. */
export function textRuns(text, entities, words) {
  const cuts = new Set([0, text.length]);
  for (const { startOffset, endOffset } of entities) cuts.add(startOffset).add(endOffset);
  for (const { start, end } of words) cuts.add(start).add(end);
  const offsets = [...cuts].filter((offset) => offset <= text.length).sort((a, b) => a - b);
  return offsets.slice(0, -1).map((start, index) => ({ start, end: offsets[index + 1] }));
}

export function wordsOf(text) {
  const segments = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  return [...segments]
    .filter((segment) => segment.isWordLike)
    .map(({ index, segment }) => ({ start: index, end: index + segment.length }));
}

/** Takes the spaces off the ends of a selection. */
export function trimRange(text, { start, end }) {
  const selected = text.slice(start, end);
  const lead = selected.length - selected.trimStart().length;
  return { start: start + lead, end: Math.max(start + lead, start + selected.trimEnd().length) };
}

/** Entities of the template that name a part of the text and a known label. */
export function usableEntities(given, text, labels) {
  const isUsable = ({ startOffset, endOffset, label }) =>
    Number.isInteger(startOffset) &&
    startOffset >= 0 &&
    endOffset <= text.length &&
    startOffset < endOffset &&
    labels.includes(label);
  return (Array.isArray(given) ? given : [])
    .filter(isUsable)
    .reduce(
      (all, { startOffset, endOffset, label }) => addEntity(all, { startOffset, endOffset, label }),
      [],
    );
}

function overlaps(a, b) {
  return a.startOffset < b.endOffset && b.startOffset < a.endOffset;
}
