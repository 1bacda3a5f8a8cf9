import { EgressGuard } from '@faas/http-client';
import type { UploadBody } from './upload-body';
import { mediaTypeOf } from './media-type';
import type { Upload } from './upload';

export interface FetchLimits {
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const ACCEPT = 'text/html,application/xhtml+xml,text/markdown,text/plain,application/pdf;q=0.9,*/*;q=0.5';

/** Makes one kind of upload of the three: text in JSON, a file, a URL that is fetched now. */
export class UploadReader {
  constructor(
    private readonly guard: EgressGuard,
    private readonly limits: FetchLimits,
  ) {}

  /** @throws AppError URL_FORBIDDEN, URL_UNREACHABLE, MEDIA_TYPE_UNSUPPORTED */
  async read(body: UploadBody): Promise<Upload> {
    const { mediaType: given, externalId, title, metadata, restoreDeleted } = body;
    const described = { externalId, title, metadata, restoreDeleted };
    if ('file' in body) {
      const { name, type, bytes } = body.file;
      const [announced = '', ...parameters] = type.toLowerCase().split(';').map((part) => part.trim());
      const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '');
      return { ...described, bytes, mediaType: mediaTypeOf({ given, announced, fileName: name, bytes }), ...(charset ? { charset } : {}), ...(name ? { name: cleanName(name) } : {}) };
    }
    if (body.url !== undefined) {
      const page = await this.guard.fetch(body.url, { ...this.limits, accept: ACCEPT });
      const { pathname } = new URL(page.url);
      return {
        ...described,
        externalId: externalId ?? body.url,
        url: page.url,
        name: page.url.slice(0, 500),
        bytes: page.bytes,
        mediaType: mediaTypeOf({ given, announced: page.mediaType, fileName: pathname, bytes: page.bytes }),
        ...(page.charset ? { charset: page.charset } : {}),
      };
    }
    return { ...described, bytes: new TextEncoder().encode(body.text ?? ''), charset: 'utf-8', mediaType: given ?? 'text/plain' };
  }
}

function cleanName(name: string): string {
  return name.toWellFormed().replaceAll('\u0000', '').slice(-500);
}
