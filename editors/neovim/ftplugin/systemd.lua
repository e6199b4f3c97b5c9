-- Settings for buffers with units. Neovim's own come first, wherever this folder stands in 'runtimepath'.
vim.cmd.runtime('ftplugin/systemd.vim')

vim.bo.commentstring = '# %s'
-- Without a parser the syntax file of Neovim goes on to give the colours.
if vim.g.unitls_highlight ~= false and pcall(vim.treesitter.start, 0, 'systemd') then
  vim.b.undo_ftplugin = (vim.b.undo_ftplugin or 'setlocal commentstring<') .. ' | lua vim.treesitter.stop()'
end
