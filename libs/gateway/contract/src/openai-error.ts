import * as z from 'zod';

/** The body of every error on the OpenAI-compatible routes, and of the last event of a stream that failed. */
export const openAiError = z
  .object({
    error: z.looseObject({
      message: z.string().describe('What was wrong and what to do.'),
      type: z.string().describe('OpenAI\'s class of error, for example `invalid_request_error`.'),
      param: z.string().nullable().describe('The field that is wrong, when there is one.'),
      code: z.string().nullable().describe('OpenAI\'s code where one exists, else the code of docs/errors.md.'),
    }),
  })
  .meta({ id: 'OpenAiError' });
export type OpenAiError = z.infer<typeof openAiError>;
