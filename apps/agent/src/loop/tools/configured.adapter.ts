import type { AgentTool } from '@faas/agent-contract';
import { Tool, Toolbox } from '../tool.port';
import { RetrievalAdapter, type PassageSearch } from './retrieval.adapter';

/** Model providers accept 64 characters. */
const MAX_NAME_LENGTH = 64;

/** One tool for each entry of an agent's `tools`. A new tool type is a new case here. */
export class ConfiguredToolbox extends Toolbox {
  constructor(private readonly rag: PassageSearch) {
    super();
  }

  open(configured: readonly AgentTool[]): readonly Tool[] {
    return configured.map((entry, index) => {
      switch (entry.type) {
        case 'retrieval':
          return new RetrievalAdapter(this.rag, entry, toolName(`search_${entry.collection}`, index));
      }
    });
  }
}

/** A name that is too long is cut and gets its position, so that no two tools share one. */
function toolName(name: string, index: number): string {
  const suffix = `_${index + 1}`;
  return name.length <= MAX_NAME_LENGTH ? name : name.slice(0, MAX_NAME_LENGTH - suffix.length) + suffix;
}
