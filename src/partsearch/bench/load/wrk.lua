-- Sends the requests of a file in turn, and prints the results of wrk as one line of JSON after wrk's own text.
-- Each line of the file is a request: the method, the path and, if there is one, the body, separated by spaces.

local MARK = "partsearch-bench "
local threads = {}

function setup(thread)
   thread:set("turn", #threads)
   table.insert(threads, thread)
end

local requests = {}
local last = 0
statuses = {}

function init(arguments)
   local prefix = wrk.path:gsub("/$", "")
   local headers = { Host = wrk.headers["Host"] }
   local posted = { Host = headers.Host, ["Content-Type"] = "application/json" }
   for line in io.lines(arguments[1]) do
      local method, path, body = line:match("^(%u+) (%S+) ?(.*)$")
      local has_body = body ~= ""
      table.insert(requests, wrk.format(method, prefix .. path, has_body and posted or headers, has_body and body or nil))
   end
   -- Each thread begins at another request: otherwise all would send the same ones at the same time. The mix has seven
   -- kinds in turn, so the distance is not a multiple of seven.
   last = turn * 23
end

function request()
   last = last % #requests + 1
   return requests[last]
end

function response(status)
   statuses[status] = (statuses[status] or 0) + 1
end

-- latency(i) of wrk walks through all its buckets for every i, which takes minutes after a long run. Its memory holds
-- the same numbers.
local function read_memory(latency)
   local ffi = require("ffi")
   ffi.cdef("typedef struct { uint64_t count, limit, min, max, data[]; } stats;")
   local stats = ffi.cast("stats **", latency)[0]
   assert(tonumber(stats.min) == latency.min and tonumber(stats.max) == latency.max, "another wrk")
   local pairs_found = {}
   for value = latency.min, latency.max do
      local count = tonumber(stats.data[value])
      if count > 0 then table.insert(pairs_found, ("[%d,%d]"):format(value, count)) end
   end
   return pairs_found
end

local function read_each(latency)
   local pairs_found = {}
   for i = 1, #latency do
      table.insert(pairs_found, ("[%d,%d]"):format(latency(i)))
   end
   return pairs_found
end

function done(summary, latency)
   local is_read, histogram = pcall(read_memory, latency)
   if not is_read then histogram = read_each(latency) end
   if latency.max == 0 then histogram = {} end
   local counted = {}
   for _, thread in ipairs(threads) do
      for status, count in pairs(thread:get("statuses")) do
         counted[status] = (counted[status] or 0) + count
      end
   end
   local by_status = {}
   for status, count in pairs(counted) do table.insert(by_status, ('"%d":%d'):format(status, count)) end
   local errors = summary.errors
   print(MARK .. ('{"microseconds":%d,"requests":%d,"bytes":%d,"timed_out":%d,'):format(
         summary.duration, summary.requests, summary.bytes, errors.timeout)
      .. ('"socket_errors":{"connect":%d,"read":%d,"write":%d},'):format(errors.connect, errors.read, errors.write)
      .. '"statuses":{' .. table.concat(by_status, ",") .. '},"latency":[' .. table.concat(histogram, ",") .. "]}")
end
