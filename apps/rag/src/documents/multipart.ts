import multipart from '@fastify/multipart';
import { AppError } from '@faas/errors';
import type { FastifyInstance } from 'fastify';
import { UploadedFile } from './uploaded-file';

/** Makes the fields of multipart uploads their body; the one file becomes an UploadedFile, bounded by `maxBytes`. Other routes take JSON only. */
export function registerMultipart(fastify: FastifyInstance, maxBytes: number): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
    done(isForm && !request.routeOptions.url?.endsWith('/documents') ? new AppError('MEDIA_TYPE_UNSUPPORTED', 'Files are taken by POST …/documents only. Send JSON here.') : undefined);
  });
  fastify.register(multipart, {
    attachFieldsToBody: 'keyValues',
    limits: { files: 1, fileSize: maxBytes, fields: 10, fieldSize: 200_000, parts: 12, headerPairs: 50 },
    async onFile(part) {
      const bytes = await part.toBuffer().catch((error: unknown) => {
        throw error instanceof Error && 'code' in error && error.code === 'FST_REQ_FILE_TOO_LARGE'
          ? new AppError('REQUEST_TOO_LARGE', `The file is over the limit of ${maxBytes} bytes. Split it.`, { cause: error })
          : new AppError('REQUEST_MALFORMED', 'The multipart body ends too early or is not valid.', { cause: error });
      });
      part.value = new UploadedFile(part.filename, part.mimetype, bytes);
    },
  });
}
