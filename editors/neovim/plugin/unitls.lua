-- Switches unitls on for every buffer of file type `systemd`, and defines the commands.
if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('unitls needs Neovim 0.11 or newer', vim.log.levels.WARN)
  return
end
vim.lsp.enable('unitls')

local command = vim.api.nvim_create_user_command

command('UnitlsBuildParser', function(call)
  require('unitls.parser').install(call.args ~= '' and vim.fs.normalize(call.args) or nil)
end, { nargs = '?', complete = 'dir', desc = 'Compile the tree-sitter parser of unit files' })

command('UnitlsEffectiveUnit', function(call)
  require('unitls.effective_unit').show(call.args, call.smods)
end, { nargs = '?', desc = 'Show a unit merged with its drop-ins' })

command('UnitlsStarters', function(call)
  require('unitls.starters').show(call.args ~= '' and call.args or vim.uri_from_bufnr(0))
end, { nargs = '?', desc = 'List what can start a unit' })

local group = vim.api.nvim_create_augroup('unitls', {})

-- Neovim itself starts nothing then, and says so in a log only.
vim.api.nvim_create_autocmd('FileType', {
  group = group,
  pattern = 'systemd',
  callback = function()
    local missing = require('unitls.server').missing()
    if missing then
      vim.notify_once(('unitls: there is no program %s, see :checkhealth unitls'):format(missing), vim.log.levels.WARN)
    end
  end,
})

vim.api.nvim_create_autocmd('BufReadCmd', {
  group = group,
  pattern = 'unitls-effective://*',
  callback = function(event)
    require('unitls.effective_unit').read(event.buf, event.match)
  end,
})

-- For nvim-treesitter (branch main): `:TSInstall systemd`.
vim.api.nvim_create_autocmd('User', {
  group = group,
  pattern = 'TSUpdate',
  callback = function()
    require('nvim-treesitter.parsers').systemd = require('unitls.parser').install_info()
  end,
})
