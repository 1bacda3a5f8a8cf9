import { CitationStream, type Outcome, type OutcomeReason, type Passage, type QueryAnswer, type QueryFrame, type QueryRequest, type ResolvedCitations, type SearchAnswer } from '@faas/rag-contract';
import { WEAK_EVIDENCE } from '../search/calibration';
import { SearchService } from '../search/search.service';
import { AnswerModel } from './answer-model.port';

const ABSTENTION: Readonly<Record<'no_passages' | 'weak_evidence', string>> = {
  no_passages: 'The collection holds nothing about this question.',
  weak_evidence: 'The documents do not seem to answer this question: what was found matches it too little.',
};

/** Answers questions from passages, with citations that are verified before they leave. */
export class QueryService {
  constructor(
    private readonly searches: SearchService,
    private readonly model: AnswerModel,
    private readonly defaultModel: string | undefined,
  ) {}

  async answer(collection: string, request: QueryRequest): Promise<QueryAnswer> {
    for await (const frame of this.stream(collection, request)) if (frame.event === 'done') return frame.data;
    throw new Error('A stream without its last frame.');
  }

  async *stream(collection: string, { query, topK, filter, mode, model }: QueryRequest): AsyncGenerator<QueryFrame> {
    const found = await this.searches.search(collection, { query, topK, filter, mode });
    const reason = insufficient(found);
    if (reason) {
      yield { event: 'started', data: { mode: found.mode, model: null } };
      yield { event: 'passages', data: { passages: found.passages } };
      yield { event: 'done', data: { outcome: 'abstained', reason, answer: ABSTENTION[reason], citations: [], mode: found.mode, model: null, usage: { inputTokens: 0, outputTokens: 0 } } };
      return;
    }
    yield* this.ask(found, query, model ?? this.defaultModel);
  }

  private async *ask({ mode, passages }: SearchAnswer, question: string, model: string | undefined): AsyncGenerator<QueryFrame> {
    const cited = new CitationStream(passages);
    let answeredBy: string | null = null;
    for await (const event of this.model.answer({ question, passages, model })) {
      if (event.type === 'started') {
        answeredBy = event.model;
        yield { event: 'started', data: { mode, model: event.model } };
        yield { event: 'passages', data: { passages } };
      } else if (event.type === 'text') {
        yield* framesOf(cited.push(event.text));
      } else {
        const { resolved, ...rest } = cited.finish();
        yield* framesOf(rest);
        const verified = resolved.citations.filter((citation) => stands(citation, passages));
        yield { event: 'done', data: { ...judge(resolved, verified.length, event.truncated), answer: resolved.answer, citations: verified, mode, model: answeredBy, usage: event.usage } };
      }
    }
  }
}

function insufficient({ passages, mode }: SearchAnswer): 'no_passages' | 'weak_evidence' | undefined {
  const best = passages[0];
  if (!best) return 'no_passages';
  // How similar is similar differs between embedding models: only scores of words are measured against the threshold.
  return mode === 'lexical' && best.score < WEAK_EVIDENCE ? 'weak_evidence' : undefined;
}

function judge({ removed }: ResolvedCitations, citations: number, truncated: boolean): { outcome: Outcome; reason?: OutcomeReason } {
  if (citations === 0) return { outcome: 'abstained', reason: removed > 0 ? 'citations_unresolved' : 'no_citations' };
  if (truncated) return { outcome: 'partial', reason: 'truncated' };
  return removed > 0 ? { outcome: 'partial', reason: 'citations_unresolved' } : { outcome: 'answered' };
}

/** The quote stands in the passage where the citation says; the passage is the stored text from its start to its end. */
function stands({ number, start, end, quote }: { number: number; start: number; end: number; quote: string }, passages: readonly Passage[]): boolean {
  const passage = passages.find((candidate) => candidate.number === number);
  return passage !== undefined && start >= passage.start && end <= passage.end && passage.text.includes(quote);
}

function* framesOf({ text, citations }: ReturnType<CitationStream['push']>): Generator<QueryFrame> {
  if (text !== '') yield { event: 'delta', data: { text } };
  for (const citation of citations) yield { event: 'citation', data: citation };
}
