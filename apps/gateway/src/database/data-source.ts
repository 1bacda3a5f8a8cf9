import { KeyEntity } from './key.entity';
import { KeysAndModelCalls20261123100000 } from './migrations/20261123100000-keys-and-model-calls';
import { ModelCallEntity } from './model-call.entity';
import { RevokedKeyEntity } from './revoked-key.entity';

/** Listed by class: a bundle has no folders to search. */
export const entities = [KeyEntity, RevokedKeyEntity, ModelCallEntity];
export const migrations = [KeysAndModelCalls20261123100000];
