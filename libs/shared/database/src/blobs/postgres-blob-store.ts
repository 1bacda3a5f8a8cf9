import { AppError } from '@faas/errors';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database';
import type { ServiceSchema } from '../service-schema';
import { BlobStore } from './blob-store.port';

const PART_BYTES = 1024 * 1024;

/** Bytes in parts of 1 MiB, deleted with their row. Everything inside inTenant. */
export class PostgresBlobStore extends BlobStore {
  constructor(
    private readonly database: Database,
    private readonly service: ServiceSchema,
  ) {
    super();
  }

  async put(bytes: Uint8Array): Promise<string> {
    const id = uuidv7();
    await this.database.manager.query(`INSERT INTO ${this.service}.blob (id, bytes) VALUES ($1, $2)`, [id, bytes.length]);
    for (let start = 0; start < bytes.length; start += PART_BYTES) {
      const part = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(PART_BYTES, bytes.length - start));
      await this.database.manager.query(`INSERT INTO ${this.service}.blob_part (blob_id, position, bytes) VALUES ($1, $2, $3)`, [id, start / PART_BYTES, part]);
    }
    return id;
  }

  async read(id: string): Promise<Uint8Array> {
    const [blob] = await this.database.manager.query<{ bytes: string }[]>(`SELECT bytes FROM ${this.service}.blob WHERE id = $1`, [id]);
    if (!blob) throw new AppError('INTERNAL', `The blob ${id} does not exist.`);
    const parts: Buffer[] = [];
    for (let position = 0; position * PART_BYTES < Number(blob.bytes); position += 1) {
      const [part] = await this.database.manager.query<{ bytes: Buffer }[]>(`SELECT bytes FROM ${this.service}.blob_part WHERE blob_id = $1 AND position = $2`, [id, position]);
      if (!part) throw new AppError('INTERNAL', `The blob ${id} lacks its part ${position}.`);
      parts.push(part.bytes);
    }
    return Buffer.concat(parts);
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.database.manager.query(`DELETE FROM ${this.service}.blob WHERE id = ANY ($1)`, [ids]);
  }
}
