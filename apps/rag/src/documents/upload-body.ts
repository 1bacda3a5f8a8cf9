import { createDocumentRequest, uploadFields, type CreateDocumentRequest } from '@faas/rag-contract';
import * as z from 'zod';
import { UploadedFile } from './uploaded-file';

export const multipartUpload = uploadFields.extend({ file: z.instanceof(UploadedFile, { error: 'Send the document as the file part "file".' }) });
export type MultipartUpload = z.infer<typeof multipartUpload>;

export type UploadBody = CreateDocumentRequest | MultipartUpload;

/** One route takes JSON and multipart. Each is checked by its own schema, so that messages name the field and not "a union". */
export const uploadBody = {
  '~standard': {
    ...createDocumentRequest['~standard'],
    validate: (value: unknown) => (isMultipart(value) ? multipartUpload : createDocumentRequest)['~standard'].validate(value),
  },
};

function isMultipart(value: unknown): boolean {
  // The multipart parser makes bodies without a prototype chain of JSON's own; only its file is an instance.
  return typeof value === 'object' && value !== null && Object.values(value).some((field) => field instanceof UploadedFile);
}
