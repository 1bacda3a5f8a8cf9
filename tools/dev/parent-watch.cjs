const { setTimeout } = require('node:timers');

/**
 * Loaded into each service before anything else: whoever started it is gone when the channel closes, even by kill -9.
 * The service then ends by itself; this is the last word should it still be starting or hang.
 */
process.on('disconnect', () => setTimeout(() => process.exit(1), 12_000).unref());
