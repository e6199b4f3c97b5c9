-- Switches unitls on for every buffer of file type `systemd`.
if vim.fn.has('nvim-0.11') == 0 then
  vim.notify_once('unitls needs Neovim 0.11 or newer', vim.log.levels.WARN)
  return
end
vim.lsp.enable('unitls')
