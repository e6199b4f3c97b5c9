-- Gives units, drop-ins and the temporary files of `systemctl edit` the file type `systemd`, wherever they lie:
-- Neovim by itself knows them below certain folders only, and not all of them.

local unit_types = {
  'automount', 'device', 'mount', 'path', 'scope', 'service', 'slice', 'socket', 'swap', 'target', 'timer',
}
-- Before Neovim's own patterns: a drop-in named nginx.conf is no nginx configuration.
local first = { priority = 10 }

local extension = {}
local pattern = {
  ['.*/dbus%-1/.*%.service'] = { 'dosini', { priority = 20 } },
  -- D-Bus activation files elsewhere, such as in a source tree, are known by their only section.
  ['.*%.service'] = {
    function(_, bufnr)
      for _, line in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, 50, false)) do
        if line:find('^%[D%-BUS Service%]') then
          return 'dosini'
        end
      end
    end,
    first,
  },
}

for _, unit_type in ipairs(unit_types) do
  extension[unit_type] = 'systemd'
  -- `systemctl edit` writes to .#NAME followed by random hexadecimal digits, and renames that to NAME at the end.
  pattern['.*/%.#[^/]+%.' .. unit_type .. '%x+'] = { 'systemd', first }
  for _, folder in ipairs({
    '.*%.' .. unit_type .. '%.d/', -- foo.service.d, foo@.service.d, foo-.service.d
    '.*/system/' .. unit_type .. '%.d/', -- for every unit of the type
    '.*/user/' .. unit_type .. '%.d/',
  }) do
    pattern[folder .. '[^/]+%.conf'] = { 'systemd', first }
    pattern[folder .. '%.#[^/]+%.conf%x+'] = { 'systemd', first }
  end
end

-- The managers' own configuration.
for _, conf in ipairs({ 'system%.conf', 'user%.conf' }) do
  pattern['.*/systemd/' .. conf] = { 'systemd', first }
  pattern['.*/systemd/' .. conf .. '%.d/[^/]+%.conf'] = { 'systemd', first }
end

vim.filetype.add({ extension = extension, pattern = pattern })
