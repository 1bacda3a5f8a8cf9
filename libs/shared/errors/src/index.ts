export { AppError, type AppErrorOptions, type ErrorDetails } from './app-error';
export { errorCatalogue, type CatalogueEntry, type ErrorCode } from './error-catalogue';
