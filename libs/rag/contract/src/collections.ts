import { idOf, idOrName, pageOf, resourceName } from '@faas/api';
import * as z from 'zod';
import { storableText } from './storable-text';

/** PostgreSQL's built-in text-search configurations that stem: the tokeniser of a collection. */
export const languages = [
  'simple', 'arabic', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek', 'hungarian', 'indonesian', 'italian',
  'norwegian', 'portuguese', 'romanian', 'russian', 'spanish', 'swedish', 'turkish',
] as const;
export type Language = (typeof languages)[number];

const settingFields = {
  language: z.enum(languages).describe('Language whose word forms are joined when searching; `simple` joins none. Fixed once the collection has documents.'),
  chunkCharacters: z.int().min(200).max(8000).describe('Characters a chunk should have at most; holds for documents ingested from then on.'),
  chunkOverlap: z.int().min(0).max(2000).describe('Characters repeated from the chunk before; at most half of `chunkCharacters`.'),
};

export const collectionSettings = z.object(settingFields).meta({ id: 'CollectionSettings' });
export type CollectionSettings = z.infer<typeof collectionSettings>;

export const defaultCollectionSettings: CollectionSettings = { language: 'english', chunkCharacters: 1600, chunkOverlap: 0 };

const settingsPatch = z.strictObject(settingFields).partial().describe('What is left out keeps its value, at first the default: english, 1600, 0.');
export type CollectionSettingsPatch = z.infer<typeof settingsPatch>;

const title = storableText(200, 1).describe('Title for people.');

export const collectionReference = z.object({ collection: idOrName('col').describe('Id or name of the collection.') });
export type CollectionReference = z.infer<typeof collectionReference>;

export const createCollectionRequest = z
  .strictObject({ name: resourceName.describe('Unique name within the tenant.'), title: title.optional(), settings: settingsPatch.optional() })
  .meta({ id: 'CreateCollection' });
export type CreateCollectionRequest = z.infer<typeof createCollectionRequest>;

export const putCollectionRequest = z
  .strictObject({
    name: resourceName.optional().describe('May repeat the name, not change it.'),
    title: title.nullable().optional(),
    settings: settingsPatch.optional(),
    restoreDeleted: z.boolean().default(true).describe('False: a name that was deleted is not created again, the answer is 409 RESOURCE_DELETED.'),
  })
  .meta({ id: 'PutCollection' });
export type PutCollectionRequest = z.infer<typeof putCollectionRequest>;

export const patchCollectionRequest = z
  .strictObject({ title: title.nullable().optional(), settings: settingsPatch.optional() })
  .meta({ id: 'PatchCollection' });
export type PatchCollectionRequest = z.infer<typeof patchCollectionRequest>;

export const collection = z
  .object({
    id: idOf('col').describe('Id of the collection.'),
    name: resourceName.describe('Name, accepted wherever the id is.'),
    title: z.string().nullable().describe('Title for people.'),
    settings: collectionSettings.describe('How documents are cut and tokenised.'),
    documents: z.int().describe('Documents that can be searched.'),
    chunks: z.int().describe('Chunks that can be searched.'),
    createdAt: z.iso.datetime().describe('When it was created.'),
    updatedAt: z.iso.datetime().describe('When its title or settings changed last.'),
  })
  .meta({ id: 'Collection' });
export type Collection = z.infer<typeof collection>;

export const collectionPage = pageOf(collection).meta({ id: 'CollectionPage' });
