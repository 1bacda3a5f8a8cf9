export { EventBus, type DomainEvent, type EventHandler, type SubscribeOptions, type Subscription } from './event-bus.port';
export { WakeUps } from './wake-ups.port';
