import { isSubject, matchesSubject, requirePattern } from './subjects';

describe('subjects', () => {
  it.each([
    ['faas.rag.document.ingested', 'faas.rag.document.ingested', true],
    ['faas.rag.document.ingested', 'faas.rag.document.deleted', false],
    ['faas.*.document.ingested', 'faas.rag.document.ingested', true],
    ['faas.rag.*.*', 'faas.rag.document.ingested', true],
    ['faas.rag.*.*', 'faas.agent.run.finished', false],
    ['faas.>', 'faas.rag.document.ingested', true],
    ['faas.rag.document.>', 'faas.rag.document.ingested', true],
    ['faas.rag.>', 'faas.agent.run.finished', false],
  ])('%s for %s: %s', (pattern, subject, expected) => {
    expect(() => requirePattern(pattern)).not.toThrow();
    expect(matchesSubject(pattern, subject)).toBe(expected);
  });

  it('are faas, service, noun and verb', () => {
    expect(isSubject('faas.rag-service.document.re-ingested')).toBe(true);
    for (const wrong of ['faas.rag.document', 'faas.rag.document.ingested.twice', 'faas.rag..ingested', 'faas.Rag.document.ingested', `faas.rag.document.${'x'.repeat(200)}`]) {
      expect(isSubject(wrong)).toBe(false);
    }
  });
});
