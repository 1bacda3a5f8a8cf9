export { createEventBus, createWakeUps, type EventSettings } from './create-event-bus';
export { EventBus, type DomainEvent, type EventHandler, type SubscribeOptions, type Subscription } from './event-bus.port';
export { InProcessEventBus, type InProcessEventBusOptions } from './event-buses/in-process.adapter';
export { WakeUps } from './wake-ups.port';
export { InProcessWakeUps } from './wake-ups/in-process.adapter';
