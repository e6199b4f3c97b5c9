-- The server: where its program is, and the requests that the commands of this plugin make, and wait for.
local M = {}

local LIMIT = 10000 -- milliseconds that the server has to answer

-- The program on PATH; else the one that `cargo install` wrote, which often is not there.
function M.program()
  local installed = vim.fs.normalize('~/.cargo/bin/unitls')
  local only_there = vim.fn.executable('unitls') == 0 and vim.fn.executable(installed) == 1
  return only_there and installed or 'unitls'
end

-- The program that the configuration names, where it names none that can be run; else nil.
function M.missing()
  local cmd = vim.lsp.config.unitls.cmd
  return type(cmd) == 'table' and vim.fn.executable(cmd[1]) == 0 and cmd[1] or nil
end

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
