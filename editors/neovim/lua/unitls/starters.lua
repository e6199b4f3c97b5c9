-- What can start a unit, and what waits for it, as quickfix lists.
local server = require('unitls.server')

local M = {}

local function open(title, items)
  vim.fn.setqflist({}, ' ', { title = title, items = items })
  vim.cmd('botright copen')
end

-- Lists what can start the unit `unit`, a name or a URI.
function M.show(unit)
  local found, problem = server.request('workspace/executeCommand', {
    command = 'unitls.showStarters',
    arguments = { unit },
  })
  if not found then
    return server.complain(problem)
  end
  if #found == 0 then
    return vim.notify('unitls: nothing can start it')
  end
  local items = {}
  for _, starter in ipairs(found) do
    local uri = starter.uri ~= vim.NIL and starter.uri or nil
    local range = starter.range ~= vim.NIL and starter.range or nil
    local through = starter.through ~= vim.NIL and ', which starts ' .. starter.through or ''
    items[#items + 1] = {
      filename = uri and vim.uri_to_fname(uri),
      lnum = range and range.start.line + 1 or 1,
      text = ('%s: %s%s'):format(starter.source, starter.note, through),
    }
  end
  open('What can start ' .. found[1].unit, items)
end

-- Lists places of other units, as a code lens has them.
function M.show_places(title, locations)
  local client = server.client()
  open(title, vim.lsp.util.locations_to_items(locations, client and client.offset_encoding or 'utf-16'))
end

return M
