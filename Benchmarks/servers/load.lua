-- What wrk sends and reports: wrk … -s load.lua URL -- pipelined N | echo FILE | page
function init(arguments)
  if arguments[1] == "pipelined" then
    -- One string with N requests: wrk counts the answers one by one.
    local requests = string.rep(wrk.format(), tonumber(arguments[2]))
    request = function() return requests end
  elseif arguments[1] == "echo" then
    local file = assert(io.open(arguments[2]))
    wrk.method, wrk.body = "POST", file:read("a")
    wrk.headers["Content-Type"] = "application/json"
    file:close()
  elseif arguments[1] == "page" then
    wrk.headers["Accept-Encoding"] = "gzip"
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "figures %d %d %d %d %d %d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
