export {
  currentContext,
  remainingMs,
  requestSignal,
  requireContext,
  requirePrincipal,
  requireTenant,
  runInContext,
  type Principal,
  type RequestContext,
} from './request-context';
export { assertOutsideTransaction, runInTransactionScope } from './transaction-scope';
