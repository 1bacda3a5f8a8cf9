import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { lockFile } from './directory-lock';
import { EmbeddedDatabaseError } from './embedded-database-error';
import { holdsDatabase, startEngine } from './engine';

const ENGINE = '@electric-sql/pglite';
const VECTOR = '@electric-sql/pglite-pgvector';
/** Part of the template's name: raise it when what a fresh database holds changes. */
const REVISION = 1;
/** Another process may be making it: 3 to 9 s on a busy machine. */
const WAIT_MS = 60_000;

/**
 * Puts a fresh database into `directory`, which appears complete or not at all.
 *
 * initdb takes seconds and half a gigabyte, so it runs once per machine; later databases are copies of its result
 * (28 MB, 50 ms). Safe for processes that do this at the same moment.
 */
export async function createFromTemplate(directory: string): Promise<void> {
  const template = await ensureTemplate(templateFolder(directory));
  const draft = `${directory}.${randomUUID()}.draft`;
  try {
    await cp(template, draft, { recursive: true, mode: constants.COPYFILE_FICLONE });
    await rename(draft, directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function ensureTemplate(folder: string): Promise<string> {
  const template = join(folder, `template-${versionOf(ENGINE)}-${versionOf(VECTOR)}-${REVISION}`);
  if (holdsDatabase(template)) return template;
  const lock = await lockFile(`${template}.lock`, { waitMs: WAIT_MS, what: 'The template of embedded databases' });
  try {
    if (!holdsDatabase(template)) await makeTemplate(template);
    return template;
  } finally {
    await lock.release();
  }
}

async function makeTemplate(template: string): Promise<void> {
  const draft = `${template}.draft`;
  await rm(draft, { recursive: true, force: true });
  const engine = await startEngine(draft, { create: true });
  await engine.exec('CREATE EXTENSION IF NOT EXISTS vector');
  await engine.exec('CHECKPOINT');
  await engine.close();
  await rename(draft, template);
}

/** Beside the package, where a fresh data folder finds it again; where that is read-only, beside the databases. */
function templateFolder(directory: string): string {
  const modules = resolve(packageFolder(ENGINE), '../..');
  const candidates = [join(modules, '.cache', 'embedded-postgres'), join(dirname(directory), '.template')];
  const folder = candidates.find(writable);
  if (folder === undefined) {
    throw new EmbeddedDatabaseError('EMBEDDED_DATABASE_UNREADABLE', `No embedded database can be made: ${dirname(directory)} cannot be written. Set DATA_DIR to a folder that can.`);
  }
  return folder;
}

function writable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Neither package exports its package.json, so it is read as a file. */
function versionOf(packageName: string): string {
  const manifest = join(packageFolder(packageName), 'package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

function packageFolder(packageName: string): string {
  return resolve(dirname(createRequire(__filename).resolve(packageName)), '..');
}
