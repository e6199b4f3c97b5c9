-- Requests to the server that the commands of this plugin make, and wait for.
local M = {}

local LIMIT = 10000 -- milliseconds that the server has to answer

function M.complain(problem)
  vim.notify('unitls: ' .. problem, vim.log.levels.ERROR)
end

-- The server of this buffer, or any that runs.
function M.client()
  return vim.lsp.get_clients({ name = 'unitls', bufnr = 0 })[1] or vim.lsp.get_clients({ name = 'unitls' })[1]
end

-- The server's answer; or nil and why there is none.
function M.request(method, params)
  local client = M.client()
  if not client then
    return nil, 'no server is running: open a unit first'
  end
  local answer, problem = client:request_sync(method, params, LIMIT)
  if not answer or answer.err then
    return nil, answer and answer.err.message or problem
  end
  return answer.result
end

return M
