-- Tells Neovim's built-in client how to start unitls. `vim.lsp.config('unitls', { … })` in your own set-up goes over it.
---@type vim.lsp.Config
return {
  cmd = { require('unitls.server').program() },
  filetypes = { 'systemd' },
  root_markers = { '.git', 'unitls.toml' },
  -- plugin/unitls.lua shows them.
  capabilities = { experimental = { effectiveUnitDocuments = true } },
  -- Of code lenses, with the arguments URI, position and locations.
  commands = {
    ['unitls.showStarters'] = function(command)
      require('unitls.starters').show(command.arguments[1])
    end,
    ['unitls.showOrder'] = function(command)
      require('unitls.starters').show_places(command.title, command.arguments[3])
    end,
  },
}
