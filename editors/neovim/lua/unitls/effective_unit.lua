-- A unit merged with its drop-ins, in buffers named `unitls-effective:…`: the server writes them, `:edit` renews them.
local server = require('unitls.server')

local M = {}

-- Shows the effective unit of the name `unit`, or that of this buffer if it is empty, in a window as `mods` want it.
function M.show(unit, mods)
  local params = unit ~= '' and { unit = unit } or { uri = vim.uri_from_bufnr(0) }
  local document, problem = server.request('unitls/effectiveUnit', params)
  if not document then
    return server.complain(problem)
  end
  vim.cmd.split({ args = { vim.fn.fnameescape(document.uri) }, mods = mods })
end

-- Fills the buffer of an effective unit, whose name is its URI.
function M.read(bufnr, uri)
  local document, problem = server.request('unitls/effectiveUnit', { uri = uri })
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].modifiable = true
  local text = document and document.text:gsub('\n$', '') or ''
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, vim.split(text, '\n', { plain = true }))
  vim.bo[bufnr].modified = false
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].filetype = 'systemd'
  if not document then
    server.complain(problem)
  end
end

return M
