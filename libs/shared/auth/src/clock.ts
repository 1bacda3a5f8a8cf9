/** Epoch milliseconds. Injected so that tests can move time. */
export type Clock = () => number;

/** Seconds by which two machines' clocks may differ when `exp`, `nbf` and `iat` are compared. */
export const clockToleranceSeconds = 5;
