import { AppError } from '@faas/errors';
import type { MediaType } from '@faas/rag-contract';
import { DocumentFormat } from './document-format.port';

/** The formats this service reads, by media type. */
export class FormatRegistry {
  private readonly byMediaType: ReadonlyMap<MediaType, DocumentFormat>;

  constructor(formats: readonly DocumentFormat[]) {
    this.byMediaType = new Map(formats.map((format) => [format.mediaType, format]));
  }

  get(mediaType: MediaType): DocumentFormat {
    const format = this.byMediaType.get(mediaType);
    if (!format) throw new AppError('MEDIA_TYPE_UNSUPPORTED', `Documents of type "${mediaType}" are not read.`);
    return format;
  }
}
