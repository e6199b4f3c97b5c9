-- What somebody sees who opens a socket and its service in Neovim: run inside the editor by run.sh, prints TAP.
--
-- The files are those of tests/units/diceroll: a server whose author takes TimeoutStartSec= for an idle timeout.

local test = dofile(vim.fs.joinpath(vim.fs.dirname(debug.getinfo(1, 'S').source:sub(2)), 'support.lua'))
local ok, eventually, find, set_line = test.ok, test.eventually, test.find, test.set_line
local diagnostic, show_diagnostics = test.diagnostic, test.show_diagnostics
local client_of, server, params_at, request = test.client_of, test.server, test.params_at, test.request
local completions, has_all, hover_text = test.completions, test.has_all, test.hover_text
local LIMIT = test.LIMIT

-- Opens a line below the cursor, types `text` and asks for completion, all as a person would; gives the line then.
local function complete_by_hand(text)
  local deadline, line = vim.uv.now() + LIMIT, nil
  local function poll()
    line = vim.api.nvim_get_current_line()
    if line == text and vim.uv.now() < deadline then
      vim.defer_fn(poll, 20)
    else
      vim.api.nvim_feedkeys(vim.keycode('<C-y><Esc>'), 't', false)
    end
  end
  vim.defer_fn(poll, 50)
  vim.api.nvim_feedkeys(vim.keycode('o' .. text .. '<C-x><C-o>'), 'tx!', false)
  return line
end

local function file_types()
  local wrong = {}
  for _, unit_type in ipairs(vim.split('automount device mount path scope service slice socket swap target timer', ' ')) do
    for _, name in ipairs({
      '/srv/units/foo.%s', '/srv/units/foo@.%s', '/etc/systemd/system/foo@bar.%s', '/srv/units/boot.target.wants/foo.%s',
      '/etc/systemd/system/.#foo.%s0123456789abcdef', '/srv/.config/systemd/user/.#foo@.%s0123456789abcdef',
      '/srv/units/foo.%s.d/override.conf', '/srv/units/foo-.%s.d/10-nginx.conf', '/usr/lib/systemd/user/%s.d/x.conf',
      '/etc/systemd/system/foo.%s.d/.#override.conf0123456789abcdef', '/etc/systemd/system/%s.d/.#x.conf0123456789abcdef',
    }) do
      name = name:format(unit_type)
      if vim.filetype.match({ filename = name }) ~= 'systemd' then
        wrong[#wrong + 1] = name
      end
    end
  end
  for _, name in ipairs({ '/etc/systemd/system.conf', '/srv/usr/lib/systemd/user.conf.d/10-x.conf' }) do
    if vim.filetype.match({ filename = name }) ~= 'systemd' then
      wrong[#wrong + 1] = name
    end
  end
  for _, name in ipairs({ '/usr/share/dbus-1/services/org.example.Foo.service', '/srv/foo.d/x.conf', '/srv/.#foo.conf0123' }) do
    if vim.filetype.match({ filename = name }) == 'systemd' then
      wrong[#wrong + 1] = name
    end
  end
  ok(#wrong == 0, 'units, drop-ins and files of `systemctl edit` are of type systemd, D-Bus files are not', wrong)

  vim.fn.writefile({ '[D-BUS Service]', 'Name=org.example.Foo', 'Exec=/bin/foo' }, 'org.example.Foo.service')
  vim.cmd.edit('org.example.Foo.service')
  ok(vim.bo.filetype == 'dosini' and not client_of(0), 'a D-Bus activation file is left alone', vim.bo.filetype)
  vim.cmd('bwipeout')
  vim.fn.delete('org.example.Foo.service')
end

local function completion_and_hover(service)
  local number = find(service, 'ExecStop=') + 1
  vim.api.nvim_buf_set_lines(service, number, number, true, { '' })
  local labels, items = completions(service, number, 0)
  ok(
    has_all(labels, { 'ExecReload', 'ExecStartPre', 'Restart' }) and not labels.ListenStream,
    'an empty line of [Service] completes to its directives and to no others',
    vim.tbl_keys(labels)
  )
  local heavy = vim.iter(items):find(function(item)
    return item.documentation ~= nil
  end)
  ok(#items > 0 and not heavy, 'the list comes without documentation', heavy or 'an empty list')
  local resolved = labels.ExecReload and request(service, 'completionItem/resolve', labels.ExecReload) or {}
  local documentation = resolved.documentation
  documentation = type(documentation) == 'table' and documentation.value or documentation or ''
  ok(#documentation > 20, 'completionItem/resolve brings it', resolved)

  set_line(service, number, 'Restart=')
  local words = completions(service, number, #'Restart=')
  ok(
    has_all(words, { 'no', 'on-success', 'on-failure', 'on-abnormal', 'on-watchdog', 'on-abort', 'always' })
      and not words.ExecReload,
    'Restart= completes to its words',
    vim.tbl_keys(words)
  )
  vim.api.nvim_buf_set_lines(service, number, number + 1, true, {})

  vim.api.nvim_win_set_cursor(0, { number, 0 })
  local typed = complete_by_hand('ExecRel')
  ok(typed == 'ExecReload=', 'CTRL-X CTRL-O makes `ExecRel` to `ExecReload=`', typed)
  vim.cmd('normal! dd')

  local text = hover_text(service, (find(service, 'Type=')), 1)
  ok(text:find('Type=', 1, true) and text:find('simple', 1, true), 'hover on Type explains it', text)
end

local function repair_inline_comment(service)
  local number, text = find(service, 'TimeoutStartSec=')
  local comment = text:find('%s*#')
  vim.api.nvim_buf_set_text(service, number, comment - 1, number, #text, {})
  eventually('without the comment the value is read, and TimeoutStartSec= is found to limit nothing', function()
    return not diagnostic(service, 'inline-comment')
      and diagnostic(service, 'timeoutstart-not-idle-timeout', 'TimeoutStartSec=')
  end, function()
    return show_diagnostics(service)
  end)
end

local function socket_decides_about_service(service)
  vim.cmd.edit('diceroll.socket')
  local socket = vim.api.nvim_get_current_buf()
  local see = function()
    return show_diagnostics(socket, service)
  end
  eventually('the same server looks after the socket', function()
    local client = client_of(socket)
    return client and client.id == server(service).id
  end)
  local tick = vim.api.nvim_buf_get_changedtick(service)

  local number = find(socket, '[Socket]') + 1
  vim.api.nvim_buf_set_lines(socket, number, number, true, { 'Accept=yes' })
  eventually('Accept=yes without a template: the socket is told', function()
    return diagnostic(socket, 'socket-accept-mismatch')
  end, see)
  eventually('... and the service is no longer called socket-activated', function()
    return not diagnostic(service, 'activated-service-enabled-at-boot')
  end, see)
  vim.cmd('undo')
  eventually('undo takes both back', function()
    return not diagnostic(socket, 'socket-accept-mismatch')
      and diagnostic(service, 'activated-service-enabled-at-boot', 'WantedBy=')
  end, see)
  ok(vim.api.nvim_buf_get_changedtick(service) == tick, '... all that without a change to the service')
  vim.cmd.buffer(service)
end

-- 200 edits without a pause: lines come and go above and between, wide characters shift columns, a value is folded over
-- two lines and back, undo and redo jump. The directives all stay.
local function burst(service)
  math.randomseed(7)
  local edits = {
    function(lines) -- a comment line anywhere
      local at = math.random(0, #lines)
      vim.api.nvim_buf_set_lines(service, at, at, true, { '# 🎲 é ' .. math.random(1000) })
    end,
    function(lines) -- the first comment line below a random place goes
      for number = math.random(#lines), #lines do
        if vim.startswith(lines[number], '#') then
          return vim.api.nvim_buf_set_lines(service, number - 1, number, true, {})
        end
      end
    end,
    function() -- a wide character into the description
      local number = find(service, 'Description=')
      vim.api.nvim_buf_set_text(service, number, #'Description=', number, #'Description=', { '🎲' })
    end,
    function() -- and its first character out again
      local number, text = find(service, 'Description=')
      local stop = vim.str_utf_end(text, #'Description=' + 1) + #'Description=' + 1
      if stop < #text then
        vim.api.nvim_buf_set_text(service, number, #'Description=', number, stop, {})
      end
    end,
    function(lines) -- the command on two lines, or on one
      local number, text = find(service, 'ExecStart=')
      local rest = lines[number + 2]
      if not vim.endswith(text, '\\') then
        local blank = assert(text:find(' '), 'ExecStart= of the seed unit has an argument')
        vim.api.nvim_buf_set_text(service, number, blank, number, blank, { '\\', '  ' })
      elseif vim.startswith(rest, '  ') then
        vim.api.nvim_buf_set_text(service, number, #text - 1, number + 1, 2, { '' })
      end
    end,
    function() -- the whole line at once
      set_line(service, (find(service, 'TimeoutStartSec=')), ('TimeoutStartSec=%dmin'):format(math.random(99)))
    end,
    function()
      vim.cmd(math.random(2) == 1 and 'silent undo' or 'silent redo')
    end,
  }
  local asked, answered, errors = 0, 0, {}
  for number = 1, 200 do
    vim.bo[service].undolevels = vim.bo[service].undolevels -- makes each edit an undo step of its own
    edits[math.random(#edits)](vim.api.nvim_buf_get_lines(service, 0, -1, true))
    if number % 7 == 0 then -- a request sends what has piled up, as when somebody types with a completion plugin
      asked = asked + 1
      server(service):request('textDocument/hover', params_at(service, 0, 0), function(err)
        answered = answered + 1
        errors[#errors + 1] = err
      end, service)
    end
  end
  eventually('every request made amid 200 edits is answered', function()
    return answered == asked and #errors == 0
  end, function()
    return ('%d of %d, errors: %s'):format(answered, asked, vim.inspect(errors))
  end)

  -- From here on the server's text must be the buffer's, or what follows is said of other lines.
  local wrong = {}
  for number, text in ipairs(vim.api.nvim_buf_get_lines(service, 0, -1, true)) do
    local key = text:match('^(%w+)=')
    if key then
      local hover = hover_text(service, number - 1, #key - 1)
      if not hover:find(key, 1, true) then
        wrong[#wrong + 1] = ('line %d, %s: %s'):format(number, key, hover)
      end
    end
  end
  ok(#wrong == 0, 'then hover finds each directive where the buffer has it', wrong)

  local number = find(service, 'TimeoutStartSec=')
  set_line(service, number, 'TimeoutStartSec=1min # 🎲')
  eventually('... and each finding is on its line', function()
    return diagnostic(service, 'inline-comment', 'TimeoutStartSec=')
      and not diagnostic(service, 'timeoutstart-not-idle-timeout')
      and diagnostic(service, 'exec-stops-itself', 'ExecStop=')
      and diagnostic(service, 'activated-service-enabled-at-boot', 'WantedBy=')
  end, function()
    return show_diagnostics(service)
  end)
end

-- The editor and the command line use the same rules, so on saved files they say the same.
local function agrees_with_check(buffers)
  vim.cmd('silent wall')
  local run = vim.system({ 'unitls', 'check', '--format', 'json', '.' }, { text = true }):wait(LIMIT)
  local by_command = {}
  for line in vim.gsplit(run.stdout, '\n', { trimempty = true }) do
    local found = vim.json.decode(line)
    by_command[#by_command + 1] =
      ('%s:%d:%d %s'):format(vim.fs.basename(found.path), found.line, found.column, found.code)
  end
  table.sort(by_command)
  local by_editor
  eventually('`unitls check` finds the same in the saved files', function()
    by_editor = {}
    for _, bufnr in ipairs(buffers) do
      for _, found in ipairs(vim.diagnostic.get(bufnr)) do
        local text = vim.api.nvim_buf_get_lines(bufnr, found.lnum, found.lnum + 1, true)[1]
        by_editor[#by_editor + 1] = ('%s:%d:%d %s'):format(
          vim.fs.basename(vim.api.nvim_buf_get_name(bufnr)),
          found.lnum + 1,
          vim.str_utfindex(text, 'utf-32', found.col) + 1,
          found.code
        )
      end
    end
    table.sort(by_editor)
    return #by_command > 0 and vim.deep_equal(by_command, by_editor)
  end, function()
    return vim.inspect({ editor = by_editor, check = by_command, stderr = run.stderr, code = run.code })
  end)
end

local function main()
  local service = vim.api.nvim_get_current_buf()
  ok(vim.bo.filetype == 'systemd', 'diceroll.service is of type systemd', vim.bo.filetype)
  local started = eventually('the server starts and attaches', function()
    local client = client_of(service)
    return client and client.initialized
  end, function()
    return vim.api.nvim_exec2('messages', { output = true }).output
  end)
  if not started then
    return
  end
  for _, expected in ipairs({
    { 'inline-comment', 'TimeoutStartSec=' },
    { 'exec-stops-itself', 'ExecStop=' },
    { 'activated-service-enabled-at-boot', 'WantedBy=' },
  }) do
    local code, prefix = unpack(expected)
    eventually(code .. ' is reported on the line of ' .. prefix, function()
      return diagnostic(service, code, prefix)
    end, function()
      return show_diagnostics(service)
    end)
  end

  file_types()
  completion_and_hover(service)
  repair_inline_comment(service)
  socket_decides_about_service(service)
  burst(service)
  agrees_with_check({ service, vim.fn.bufnr('diceroll.socket') })
  ok(client_of(service) and #vim.lsp.get_clients() == 1, 'one server did all that', vim.lsp.get_clients())
end

test.run(main)
