import { AppError } from '@faas/errors';

const PART = '[a-z][a-z0-9-]*';
const SUBJECT = new RegExp(`^faas(\\.${PART}){3}$`);
const PATTERN = new RegExp(`^faas(?:(?:\\.(?:${PART}|\\*)){3}|(?:\\.(?:${PART}|\\*)){0,2}\\.>)$`);
const GROUP = /^[a-z][a-z0-9-]{0,62}$/;
const TOPIC = new RegExp(`^${PART}(\\.${PART})*$`);

export function isSubject(text: string): boolean {
  return text.length <= 200 && SUBJECT.test(text);
}

/** @throws AppError INTERNAL */
export function requirePattern(pattern: string): void {
  if (pattern.length > 200 || !PATTERN.test(pattern)) {
    throw new AppError('INTERNAL', `"${pattern}" is no event subject: faas.<service>.<noun>.<verb>, "*" for one part, ">" for the rest.`);
  }
}

/** @throws AppError INTERNAL */
export function requireGroup(group: string): void {
  if (!GROUP.test(group)) throw new AppError('INTERNAL', `"${group}" is no subscription group: it must match ${GROUP}.`);
}

/** @throws AppError INTERNAL */
export function requireTopic(topic: string): void {
  if (topic.length > 200 || !TOPIC.test(topic)) throw new AppError('INTERNAL', `"${topic}" is no wake-up topic: it must match ${TOPIC}.`);
}

/** Does `pattern` stand for `subject`? NATS' rules, which both adapters follow. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const expected = pattern.split('.');
  const parts = subject.split('.');
  if (expected.at(-1) === '>') return parts.length >= expected.length && expected.slice(0, -1).every((part, index) => part === '*' || part === parts[index]);
  return parts.length === expected.length && expected.every((part, index) => part === '*' || part === parts[index]);
}
