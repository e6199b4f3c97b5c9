-- A unit merged with its drop-ins, in buffers named `unitls-effective:…`: the server writes them, `:edit` renews them.
local M = {}

local LIMIT = 10000 -- milliseconds that the server has to answer

-- The server's answer to `params` (`uri` or `unit`): `uri` and `text`; or nil and why there is none.
local function ask(params)
  local client = vim.lsp.get_clients({ name = 'unitls', bufnr = 0 })[1] or vim.lsp.get_clients({ name = 'unitls' })[1]
  if not client then
    return nil, 'no server is running: open a unit first'
  end
  local answer, problem = client:request_sync('unitls/effectiveUnit', params, LIMIT)
  if not answer or answer.err then
    return nil, answer and answer.err.message or problem
  end
  return answer.result
end

local function complain(problem)
  vim.notify('unitls: ' .. problem, vim.log.levels.ERROR)
end

-- Shows the effective unit of the name `unit`, or that of this buffer if it is empty, in a window as `mods` want it.
function M.show(unit, mods)
  local document, problem = ask(unit ~= '' and { unit = unit } or { uri = vim.uri_from_bufnr(0) })
  if not document then
    return complain(problem)
  end
  vim.cmd.split({ args = { vim.fn.fnameescape(document.uri) }, mods = mods })
end

-- Fills the buffer of an effective unit, whose name is its URI.
function M.read(bufnr, uri)
  local document, problem = ask({ uri = uri })
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = true
  local text = document and document.text:gsub('\n$', '') or ''
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo[bufnr].modified = false
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].filetype = 'systemd'
  if not document then
    complain(problem)
  end
end

return M
