import * as z from 'zod';

/** The body of every error on native routes, and of the last frame of a stream that failed. */
export const errorBody = z
  .object({
    error: z.object({
      code: z.string().describe('Stable code, listed in docs/errors.md.'),
      message: z.string().describe('What was wrong and what to do, for a person.'),
      requestId: z.string().describe('Finds the log lines of this request.'),
      details: z.record(z.string(), z.unknown()).optional().describe('Facts for a program; their keys depend on the code.'),
    }),
  })
  .meta({ id: 'ErrorBody' });

export type ErrorBody = z.infer<typeof errorBody>;
