import { createHash } from 'node:crypto';

/** The file of a multipart upload. */
export class UploadedFile {
  constructor(
    readonly name: string,
    /** Content type of the part. */
    readonly type: string,
    readonly bytes: Uint8Array,
  ) {}

  /** Stands for the bytes where a request is compared with an earlier one. */
  toJSON(): unknown {
    return { name: this.name, type: this.type, sha256: createHash('sha256').update(this.bytes).digest('hex') };
  }
}
