-- What can start a unit, and what waits for it, as quickfix lists.
local server = require('unitls.server')

local M = {}

local function open(title, items)
  vim.fn.setqflist({}, ' ', { title = title, items = items })
  vim.cmd('botright copen')
end

-- What is null in an answer is nil here; Neovim has it as one or the other.
local function present(value)
  return value ~= vim.NIL and value or nil
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
    local uri, range, through = present(starter.uri), present(starter.range), present(starter.through)
    items[#items + 1] = {
      filename = uri and vim.uri_to_fname(uri),
      lnum = range and range.start.line + 1 or 1,
      text = ('%s: %s%s'):format(starter.source, starter.note, through and ', which starts ' .. through or ''),
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
