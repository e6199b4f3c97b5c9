-- The tree-sitter parser of unit files: compiled by a C compiler into this plugin's folder `parser`, from the grammar in the
-- repository that the plugin is part of. Neovim finds it there by itself.
local M = {}

local source = debug.getinfo(1, 'S').source:sub(2)
local plugin = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(assert(vim.uv.fs_realpath(source)))))
local repository = vim.fs.dirname(vim.fs.dirname(plugin))

M.library = vim.fs.joinpath(plugin, 'parser', 'systemd.so')

local function generated(grammar)
  return vim.fs.joinpath(grammar, 'src', 'parser.c')
end

-- The folder with the grammar, or nil where the plugin has been taken out of the repository.
function M.grammar()
  local grammar = vim.fs.joinpath(repository, 'grammar')
  return vim.uv.fs_stat(generated(grammar)) and grammar or nil
end

-- How to call a C compiler (a list of words), or nil.
function M.compiler()
  local candidates = { { 'cc' }, { 'gcc' }, { 'clang' }, { 'zig', 'cc' } }
  if vim.env.CC and vim.env.CC ~= '' then
    table.insert(candidates, 1, vim.split(vim.env.CC, '%s+', { trimempty = true }))
  end
  return vim.iter(candidates):find(function(words)
    return vim.fn.executable(words[1]) == 1
  end)
end

-- Whether the parser in this plugin is older than its source.
function M.is_stale()
  local grammar = M.grammar()
  local built = vim.uv.fs_stat(M.library)
  local from = grammar and vim.uv.fs_stat(generated(grammar))
  return built ~= nil and from ~= nil and built.mtime.sec < from.mtime.sec
end

-- Compiles the parser of the grammar in folder `grammar`, by default the repository's. Gives its path, or nil and why not.
function M.build(grammar)
  grammar = grammar or M.grammar()
  if not grammar then
    return nil, 'no grammar beside this plugin: say where it is'
  end
  local compiler = M.compiler()
  if not compiler then
    return nil, 'no C compiler: cc, gcc, clang or zig'
  end
  vim.fn.mkdir(vim.fs.dirname(M.library), 'p')
  -- Renamed at the end: a running Neovim may have the present one open.
  local fresh = M.library .. '.new'
  local options = { '-shared', '-fPIC', '-O2', '-std=c11', '-I', vim.fs.joinpath(grammar, 'src') }
  local words = vim.iter({ compiler, options, '-o', fresh, generated(grammar) }):flatten():totable()
  local run = vim.system(words, { text = true }):wait()
  if run.code ~= 0 then
    return nil, ('%s: %s'):format(table.concat(words, ' '), vim.trim(run.stderr))
  end
  local renamed, problem = vim.uv.fs_rename(fresh, M.library)
  return renamed and M.library or nil, problem
end

-- Builds the parser and uses it at once in the buffers that show units.
function M.install(grammar)
  local library, problem = M.build(grammar)
  if not library then
    vim.notify('unitls: ' .. problem, vim.log.levels.ERROR)
    return
  end
  vim.notify('unitls: built ' .. library)
  vim.treesitter.language.add('systemd')
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and vim.bo[bufnr].filetype == 'systemd' and vim.g.unitls_highlight ~= false then
      vim.treesitter.start(bufnr, 'systemd')
    end
  end
end

-- What nvim-treesitter has to know; the queries are those of this plugin.
function M.install_info()
  local place = M.grammar() and { path = repository } or { url = 'https://github.com/unitls/unitls', branch = 'main' }
  place.location = 'grammar'
  return { install_info = place, tier = 3 }
end

return M
