import { idOf, idOrName, pageOf, pageQuery } from '@faas/api';
import * as z from 'zod';
import { job } from './jobs';
import { storableText } from './storable-text';

export const mediaTypes = ['text/plain', 'text/markdown', 'text/html', 'application/pdf'] as const;
export type MediaType = (typeof mediaTypes)[number];

const metadataValue = z.union([storableText(2000), z.number(), z.boolean(), z.null(), z.array(storableText(200)).max(50)]);

export const documentMetadata = z
  .record(storableText(64, 1), metadataValue)
  .refine((fields) => Object.keys(fields).length <= 32, 'Expected 32 fields at most.')
  .describe('The caller\'s own fields, for filters: text, numbers, booleans, null or lists of texts; 32 at most.');
export type DocumentMetadata = z.infer<typeof documentMetadata>;

const describedFields = {
  mediaType: z.enum(mediaTypes).optional().describe('Default: what the upload, the file name or the server says.'),
  title: storableText(500, 1).optional().describe('Default: the title in the document, else its file name or first line.'),
  externalId: storableText(1000, 1)
    .optional()
    .describe('The caller\'s identity of the document in the collection: the same id again is a new version. Default: the URL; for other sources none, then equal content is the same document.'),
  metadata: documentMetadata.optional(),
  restoreDeleted: z.boolean().default(true).describe('False: an external id that was deleted is not created again, the answer is 409 RESOURCE_DELETED.'),
};

/** JSON body of an upload. */
export const createDocumentRequest = z
  .strictObject({
    text: z.string().optional().describe('The document itself; plain text unless `mediaType` says otherwise.'),
    url: z.url({ protocol: /^https?$/ }).max(2000).optional().describe('Public http(s) address to fetch once, now.'),
    ...describedFields,
  })
  .refine(({ text, url }) => (text === undefined) !== (url === undefined), 'Send either `text` or `url`.')
  .refine(({ text, mediaType }) => text === undefined || mediaType !== 'application/pdf', 'Send a PDF as a file or by URL.')
  .meta({ id: 'CreateDocument' });
export type CreateDocumentRequest = z.infer<typeof createDocumentRequest>;

/** Fields beside `file` in a multipart upload; `metadata` is JSON text. */
export const uploadFields = z.strictObject({
  ...describedFields,
  metadata: z
    .string()
    .max(100_000)
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        context.addIssue({ code: 'custom', message: 'Expected a JSON object.' });
        return z.NEVER;
      }
    })
    .pipe(documentMetadata)
    .optional(),
  restoreDeleted: z.enum(['true', 'false']).default('true').transform((value) => value === 'true'),
});
export type UploadFields = z.infer<typeof uploadFields>;

export const documentReference = z.object({
  collection: idOrName('col').describe('Id or name of the collection.'),
  document: idOf('doc').describe('Id of the document.'),
});
export type DocumentReference = z.infer<typeof documentReference>;

export const versionQuery = z.strictObject({ version: z.coerce.number().int().min(1).optional().describe('Default: the version that is searched.') });
export type VersionQuery = z.infer<typeof versionQuery>;

export const documentPageQuery = pageQuery.extend({ externalId: storableText(1000, 1).optional().describe('Only the document with this external id.') });
export type DocumentPageQuery = z.infer<typeof documentPageQuery>;

export const documentStatuses = ['processing', 'ready', 'failed', 'cancelled'] as const;
export type DocumentStatus = (typeof documentStatuses)[number];

export const document = z
  .object({
    id: idOf('doc').describe('Id of the document.'),
    collectionId: idOf('col').describe('Collection it belongs to.'),
    externalId: z.string().nullable().describe('The caller\'s id.'),
    title: z.string().describe('Title shown with passages and citations.'),
    mediaType: z.enum(mediaTypes).describe('Format of the original.'),
    url: z.string().nullable().describe('Where it was fetched.'),
    metadata: documentMetadata,
    status: z.enum(documentStatuses).describe('State of the newest upload. The version before stays searchable until a new one is ready.'),
    version: z.int().nullable().describe('The version that is searched; null while there is none.'),
    characters: z.int().nullable().describe('Length of the canonical text in Unicode code points.'),
    chunks: z.int().describe('Chunks of the version that is searched.'),
    bytes: z.int().describe('Size of the newest original.'),
    contentHash: z.string().describe('SHA-256 of the newest original, hexadecimal.'),
    createdAt: z.iso.datetime().describe('When it was first uploaded.'),
    updatedAt: z.iso.datetime().describe('When it changed last.'),
  })
  .meta({ id: 'Document' });
export type Document = z.infer<typeof document>;

export const documentPage = pageOf(document).meta({ id: 'DocumentPage' });

export const uploadResults = ['created', 'updated', 'unchanged', 'duplicate'] as const;
export type UploadResult = (typeof uploadResults)[number];

export const acceptedDocument = z
  .object({
    document,
    job: job.nullable().describe('The work that was started; null when there is none to do.'),
    result: z
      .enum(uploadResults)
      .describe('`unchanged`: same external id and content. `duplicate`: no external id was sent and `document` has the same content already.'),
  })
  .meta({ id: 'AcceptedDocument' });
export type AcceptedDocument = z.infer<typeof acceptedDocument>;
