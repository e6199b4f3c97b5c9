-- `:checkhealth unitls`: whether the server runs and the parser fits the queries.
local M = {}

local health = vim.health

local function server()
  health.start('unitls: server')
  local cmd = vim.lsp.config.unitls.cmd
  local missing = require('unitls.server').missing()
  if type(cmd) ~= 'table' then
    health.info('started by a function of your own')
  elseif missing then
    health.error(
      ('`%s` is neither on PATH nor in ~/.cargo/bin'):format(missing),
      '`cargo install --locked --path server/lsp` in a clone of unitls, or set `cmd` with vim.lsp.config()'
    )
  else
    local run = vim.system({ cmd[1], '--version' }, { text = true }):wait(5000)
    if run.code == 0 then
      health.ok(('%s: %s'):format(vim.fn.exepath(cmd[1]), vim.trim(run.stdout)))
    else
      health.error(('`%s --version` fails: %s'):format(cmd[1], vim.trim(run.stderr)))
    end
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'unitls' })) do
    health.ok(('running for %s, %d buffers'):format(client.root_dir or 'single files', vim.tbl_count(client.attached_buffers)))
  end
end

local function treesitter()
  health.start('unitls: tree-sitter (optional: better colours, folds, text objects)')
  local parser = require('unitls.parser')
  local found = vim.api.nvim_get_runtime_file('parser/systemd.*', true)
  local loaded, problem = vim.treesitter.language.add('systemd')
  if not loaded then
    health.info(problem)
    local how = parser.compiler() and 'run :UnitlsBuildParser' or 'install a C compiler and run :UnitlsBuildParser'
    return health.info('colours come from the syntax file of Neovim; ' .. how)
  end
  health.ok('parser: ' .. (found[1] or 'loaded'))
  if #found > 1 then
    health.warn('more parsers, not used: ' .. table.concat(found, ', ', 2))
  end
  if found[1] == parser.library and parser.is_stale() then
    health.warn('the parser is older than its source', 'run :UnitlsBuildParser and start Neovim again')
  end
  for _, query in ipairs({ 'highlights', 'folds', 'injections', 'textobjects' }) do
    local fits, why = pcall(vim.treesitter.query.get, 'systemd', query)
    if fits then
      health.ok(query .. '.scm fits it')
    else
      health.error(('%s.scm does not fit it: %s'):format(query, why), 'run :UnitlsBuildParser and start Neovim again')
    end
  end
end

function M.check()
  server()
  treesitter()
end

return M
