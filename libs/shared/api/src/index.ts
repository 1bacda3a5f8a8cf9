export { errorBody, type ErrorBody } from './error-body';
export { idOf, idOrName, idPrefixes, newId, resourceName, type IdPrefix } from './ids';
export { pageOf, pageQuery, toPage, type Page, type PageQuery } from './page';
export { scopes, type Scope } from './scopes';
export { type StreamFrame } from './stream-frame';
