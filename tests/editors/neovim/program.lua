-- Where the server's program is looked for, and what is said when it is nowhere. Run inside the editor by run.sh, which puts the
-- server into ~/.cargo/bin and no folder of PATH; prints TAP.

local test = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))
local ok, eventually = test.ok, test.eventually

test.run(function()
  ok(vim.fn.executable('unitls') == 0, 'the server is not on PATH', vim.env.PATH)
  local service = vim.api.nvim_get_current_buf()
  eventually('it starts from ~/.cargo/bin', function()
    return test.diagnostic(service, 'inline-comment')
  end)

  local said = {}
  vim.notify = function(text)
    said[#said + 1] = text
  end
  vim.lsp.config('unitls', { cmd = { '/no/such/program' } })
  vim.cmd.edit('diceroll.socket')
  vim.cmd.edit('other.service')
  ok(
    vim.deep_equal(said, { 'unitls: there is no program /no/such/program, see :checkhealth unitls' }),
    'a program that is missing is said once',
    said
  )
end)
