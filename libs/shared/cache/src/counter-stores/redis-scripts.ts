import { LuaScript } from '../redis/lua-script';

/**
 * KEYS (one hash slot by their tag): 1 the counter {window, spent, held}; 2 open holds by expiry; 3 reservations by id, "state:amount:window:expiresAt";
 * 4 reservations by the time they are forgotten. ARGV[1] is the window's length, 0 for none.
 *
 * Time is the server's. Numbers are doubles, exact up to 2^53, and written by %.0f because tostring() rounds to 14 digits. An admitted sum is compared
 * before it is stored: rounding above 2^53 is monotone, so it cannot turn "over the limit" into "within".
 */
const prelude = `
local MOST = 9007199254740991
local function text(number) return string.format('%.0f', number) end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local windowMs = tonumber(ARGV[1])
local window = 0
if windowMs > 0 then window = now - now % windowMs end

local function reservation(id)
  local record = redis.call('HGET', KEYS[3], id)
  if not record then return nil end
  local state, amount, made, expiresAt = string.match(record, '^(%a+):(%d+):(%d+):(%d+)$')
  return { state = state, amount = tonumber(amount), window = tonumber(made), expiresAt = tonumber(expiresAt) }
end

local spent, held = 0, 0
local stored = redis.call('HMGET', KEYS[1], 'window', 'spent', 'held')
if stored[1] and tonumber(stored[1]) == window then
  spent = tonumber(stored[2])
  held = tonumber(stored[3])
end

local changed = false
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', text(now), 'LIMIT', 0, 10000)) do
  local due = reservation(id)
  if due and due.window == window then held = held - due.amount end
  redis.call('ZREM', KEYS[2], id)
  changed = true
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', text(now), 'LIMIT', 0, 1000)) do
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
end

local function value() return math.min(spent + held, MOST) end
local function store()
  redis.call('HSET', KEYS[1], 'window', text(window), 'spent', text(spent), 'held', text(held))
  if windowMs > 0 then redis.call('PEXPIREAT', KEYS[1], text(window + windowMs)) end
end
local function resetAt()
  if windowMs == 0 then return '' end
  return text(window + windowMs)
end
`;

/** ARGV: window, amount, limit. Answers admitted, value, resetAt. */
export const addScript = new LuaScript(`${prelude}
local amount = tonumber(ARGV[2])
local admitted = 0
if value() + amount <= tonumber(ARGV[3]) then
  admitted = 1
  spent = spent + amount
  changed = changed or amount > 0
end
if changed then store() end
return { admitted, text(value()), resetAt() }
`);

/** ARGV: window, amount, limit, id, ttl, memory. Answers admitted, value, resetAt, expiresAt. */
export const reserveScript = new LuaScript(`${prelude}
local amount = tonumber(ARGV[2])
if value() + amount > tonumber(ARGV[3]) then
  if changed then store() end
  return { 0, text(value()), resetAt(), '' }
end
held = held + amount
store()
local id = ARGV[4]
local expiresAt = now + tonumber(ARGV[5])
local forgetAt = expiresAt + tonumber(ARGV[6])
redis.call('ZADD', KEYS[2], text(expiresAt), id)
redis.call('HSET', KEYS[3], id, 'open:' .. text(amount) .. ':' .. text(window) .. ':' .. text(expiresAt))
redis.call('ZADD', KEYS[4], text(forgetAt), id)
for index = 2, 4 do
  if redis.call('PTTL', KEYS[index]) < forgetAt - now then redis.call('PEXPIREAT', KEYS[index], text(forgetAt)) end
end
return { 1, text(value()), resetAt(), text(expiresAt) }
`);

/** ARGV: window, id, actual. Answers outcome, value. */
export const settleScript = new LuaScript(`${prelude}
local id = ARGV[2]
local found = reservation(id)
local outcome = 'forgotten'
if found and found.state == 'closed' then outcome = 'closed' end
if found and found.state == 'open' then
  outcome = 'settled'
  if found.expiresAt <= now then outcome = 'late' end
  if found.window == window then
    if outcome == 'settled' then held = held - found.amount end
    spent = math.min(spent + tonumber(ARGV[3]), MOST)
    changed = true
  end
  redis.call('ZREM', KEYS[2], id)
  redis.call('HSET', KEYS[3], id, 'closed:' .. text(found.amount) .. ':' .. text(found.window) .. ':' .. text(found.expiresAt))
end
if changed then store() end
return { outcome, text(value()) }
`);
