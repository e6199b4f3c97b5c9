-- What the plugin adds to the server: parser, colours, folds, health, effective units; and edits that reach across files.
-- Run inside the editor by run.sh, prints TAP. The plugin comes without a parser, as from a fresh clone.

local test = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))
local ok, eventually, find = test.ok, test.eventually, test.find

local function text_of(bufnr)
  return table.concat(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false), '\n')
end

local function health()
  vim.cmd('silent checkhealth unitls')
  local report = text_of(0)
  vim.cmd('bwipeout')
  return report
end

-- The last of the captures for the first character of `word` in the line that begins with `prefix`: it gives the colour.
local function colour(bufnr, prefix, word)
  vim.treesitter.get_parser(bufnr, 'systemd'):parse()
  local number, text = find(bufnr, prefix)
  local captures = vim.treesitter.get_captures_at_pos(bufnr, number, text:find(word, 1, true) - 1)
  local names = vim.iter(captures):filter(function(capture)
    return capture.lang == 'systemd' and capture.capture ~= 'spell'
  end)
  local last = names:last()
  return last and last.capture
end

local function parser(service)
  local before = health()
  ok(
    before:find(':UnitlsBuildParser', 1, true) and not before:find('ERROR') and not before:find('WARNING'),
    'checkhealth without a parser says how to come by one',
    before
  )
  ok(not vim.treesitter.highlighter.active[service], 'without a parser the syntax file gives the colours')

  vim.cmd('UnitlsBuildParser')
  ok(vim.treesitter.highlighter.active[service] ~= nil, ':UnitlsBuildParser colours open units at once')
  local after = health()
  local ready = after:find('highlights.scm fits', 1, true) and after:find('running for', 1, true)
  ok(ready and not after:find('ERROR') and not after:find('WARNING'), 'then checkhealth is content', after)

  local wrong = {}
  for _, expected in ipairs({
    { '[Service]', 'Service', 'module' },
    { 'Type=', 'Type', 'property' },
    { 'Type=', 'simple', 'string' },
    { 'ExecStart=', '/usr/bin/python3', 'function.call' },
    { 'ExecStart=', '/opt/diceroll', 'string.special.path' },
    { 'WantedBy=', 'multi-user.target', 'string.special.symbol' },
    { 'RemainAfterExit=', 'no', 'boolean' },
    { 'RestartSec=', '5s', 'number' },
    { 'ExecReload=', '-', 'operator' },
    { '# A', '#', 'comment' },
    { 'no key', 'no', 'error' },
  }) do
    local prefix, word, name = unpack(expected)
    local seen = colour(service, prefix, word)
    if seen ~= name then
      wrong[#wrong + 1] = ('%s in %s: %s, not %s'):format(word, prefix, seen, name)
    end
  end
  ok(#wrong == 0, 'each thing has its colour', wrong)

  vim.wo.foldmethod = 'expr'
  vim.wo.foldexpr = 'v:lua.vim.treesitter.foldexpr()'
  local number = find(service, 'Type=')
  eventually('a section folds', function()
    return vim.fn.foldlevel(number + 1) == 1
  end)
  vim.cmd('normal! zR')
end

-- Neovim comes without a parser for shells; that of Lua has to do: what counts is the text that it is given.
local function injections(service)
  vim.treesitter.language.register('lua', 'bash')
  local tree = vim.treesitter.get_parser(service, 'systemd')
  tree:parse(true)
  local number, text = find(service, 'ExecReload=')
  local script = "echo 'x'"
  local first = text:find('"echo', 1, true)
  local seen = {}
  for _, child in pairs(tree:children()) do
    for _, ranges in ipairs(child:included_regions()) do
      for _, range in ipairs(ranges) do
        seen[#seen + 1] = { range[1], range[2], range[5] or range[4] }
      end
    end
  end
  ok(vim.deep_equal(seen, { { number, first, first + #script } }), 'the script of sh -c is read in its own language', seen)
end

local function nvim_treesitter()
  package.loaded['nvim-treesitter.parsers'] = {}
  vim.api.nvim_exec_autocmds('User', { pattern = 'TSUpdate' })
  local info = (package.loaded['nvim-treesitter.parsers'].systemd or {}).install_info or {}
  local file = vim.fs.joinpath(info.path or '', info.location or '', 'src/parser.c')
  ok(vim.uv.fs_stat(file) ~= nil, 'nvim-treesitter is told where the grammar is', info)
  package.loaded['nvim-treesitter.parsers'] = nil
end

local function help()
  vim.cmd('silent helptags ALL')
  for _, subject in ipairs({ 'unitls', ':UnitlsEffectiveUnit', 'g:unitls_highlight' }) do
    local found, problem = pcall(vim.cmd.help, subject)
    ok(found and vim.endswith(vim.api.nvim_buf_get_name(0), 'unitls.txt'), ':help ' .. subject, problem)
    vim.cmd('silent! helpclose')
  end
end

local function effective_unit(service)
  vim.cmd('vertical UnitlsEffectiveUnit')
  local shown = vim.api.nvim_get_current_buf()
  ok(
    shown ~= service and vim.bo.filetype == 'systemd' and vim.bo.buftype == 'nofile' and not vim.bo.modifiable,
    ':UnitlsEffectiveUnit opens a buffer of its own',
    vim.api.nvim_buf_get_name(shown)
  )
  local text = text_of(shown)
  ok(text:find('override.conf', 1, true) and text:find('\nType=exec', 1, true), '... with the drop-in merged', text)
  ok(not test.client_of(shown), '... which no server looks after')

  vim.cmd('split diceroll.service.d/override.conf')
  test.set_line(0, (find(0, 'Type=')), 'Type=notify')
  vim.cmd('silent write | close')
  eventually('... and :edit renews it', function()
    vim.cmd.edit()
    return text_of(shown):find('\nType=notify', 1, true)
  end, function()
    return text_of(shown)
  end)
  vim.cmd('bwipeout!')

  vim.cmd('UnitlsEffectiveUnit diceroll.socket')
  ok(text_of(0):find('ListenStream=5000', 1, true), ':UnitlsEffectiveUnit NAME shows another unit', text_of(0))
  vim.cmd('bwipeout!')

  test.server(service):exec_cmd({
    title = 'show',
    command = 'unitls.showEffectiveUnit',
    arguments = { vim.uri_from_bufnr(service) },
  }, { bufnr = service })
  eventually('the command of the server lets the editor show it', function()
    return vim.startswith(vim.api.nvim_buf_get_name(0), 'unitls-effective:') and text_of(0):find('ExecStart=', 1, true)
  end, function()
    return vim.api.nvim_buf_get_name(0)
  end)
  vim.cmd('bwipeout!')
  vim.cmd.buffer(service)
end

local function starters(service)
  vim.cmd('UnitlsStarters')
  local list = vim.fn.getqflist({ title = 0, items = 0 })
  local socket = vim.iter(list.items):find(function(item)
    return vim.startswith(item.text, 'diceroll.socket: ')
  end)
  local name = socket and vim.fs.basename(vim.api.nvim_buf_get_name(socket.bufnr))
  ok(
    list.title == 'What can start diceroll.service' and name == 'diceroll.socket' and socket.lnum == 1,
    ':UnitlsStarters lists the socket',
    list
  )
  vim.cmd('cclose')

  vim.cmd.buffer(service)
  local lenses = test.request(service, 'textDocument/codeLens', {
    textDocument = vim.lsp.util.make_text_document_params(service),
  })
  local lens = vim.iter(lenses):find(function(found)
    return found.command.command == 'unitls.showStarters'
  end)
  vim.fn.setqflist({})
  if lens then
    test.server(service):exec_cmd(lens.command, { bufnr = service })
  end
  ok(lens ~= nil and #vim.fn.getqflist() == #list.items, '... as the code lens does', lenses)
  vim.cmd('cclose')
  vim.cmd.buffer(service)
end

local function across_files(service)
  eventually('the comment behind a value is found', function()
    return test.diagnostic(service, 'inline-comment', 'TimeoutStartSec=')
  end, function()
    return test.show_diagnostics(service)
  end)
  local number = find(service, 'TimeoutStartSec=')
  local comment = select(2, find(service, 'TimeoutStartSec=')):find('#')
  vim.api.nvim_win_set_cursor(0, { number + 1, comment })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.isPreferred
    end,
  })
  eventually('the preferred code action takes it away', function()
    return vim.endswith(select(2, find(service, 'TimeoutStartSec=')), '=1min')
  end, function()
    return text_of(service)
  end)
  vim.cmd('silent write')

  vim.cmd.edit('diceroll.socket')
  local socket = vim.api.nvim_get_current_buf()
  eventually('the server looks after the socket', function()
    return test.client_of(socket)
  end)
  local line, part_of = find(socket, 'PartOf=')
  vim.api.nvim_win_set_cursor(0, { line + 1, #part_of - 3 })
  local places
  vim.lsp.buf.definition({
    on_list = function(list)
      places = vim.tbl_map(function(item)
        return vim.fs.basename(item.filename)
      end, list.items)
    end,
  })
  eventually('go to definition leads from the socket to its service and the drop-in', function()
    return vim.deep_equal(places, { 'diceroll.service', 'override.conf' })
  end, function()
    return vim.inspect(places)
  end)

  vim.cmd.buffer(socket)
  vim.api.nvim_win_set_cursor(0, { line + 1, #part_of - 3 })
  vim.lsp.buf.rename('roll.service')
  eventually('rename changes the line that names the service', function()
    return select(2, find(socket, 'PartOf=')) == 'PartOf=roll.service'
  end, function()
    return text_of(socket)
  end)
  ok(
    vim.uv.fs_stat('roll.service') and not vim.uv.fs_stat('diceroll.service') and vim.uv.fs_stat('roll.service.d'),
    '... the file and the folder of its drop-ins',
    vim.fn.readdir('.')
  )
end

test.run(function()
  local service = vim.api.nvim_get_current_buf()
  ok(vim.bo.commentstring == '# %s', 'comments are written with #', vim.bo.commentstring)
  local started = eventually('the server starts and attaches', function()
    local client = test.client_of(service)
    return client and client.initialized
  end)
  if not started then
    return
  end
  parser(service)
  injections(service)
  nvim_treesitter()
  help()
  effective_unit(service)
  starters(service)
  across_files(service)
end)
