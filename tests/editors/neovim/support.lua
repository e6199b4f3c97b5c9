-- What the tests inside the editor share: TAP lines, waiting, requests to the server and their answers.
local M = {}

M.LIMIT = 15000 -- milliseconds that any single wait may take

-- The tests of one run are numbered throughout.
local count, failed = tonumber(vim.env.TAP_COUNT) or 0, 0

-- Prints one TAP line; `saw` is printed below it when it is "not ok".
function M.ok(holds, name, saw)
  count = count + 1
  io.stdout:write(('%s %d - %s\n'):format(holds and 'ok' or 'not ok', count, name))
  if not holds then
    failed = failed + 1
    local text = type(saw) == 'string' and saw or vim.inspect(saw)
    io.stdout:write('#   saw: ' .. text:gsub('\n', '\n#   ') .. '\n')
  end
  io.stdout:flush()
  return holds
end

-- Waits until `condition()` holds; what `see()` gives at the end is printed when it never does.
function M.eventually(name, condition, see)
  return M.ok(vim.wait(M.LIMIT, condition, 20), name, see and see() or 'nothing in ' .. M.LIMIT .. ' ms')
end

-- The zero-based number and the text of the first line that begins with `prefix`.
function M.find(bufnr, prefix)
  for number, text in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
    if vim.startswith(text, prefix) then
      return number - 1, text
    end
  end
  error(('no line begins with %q'):format(prefix))
end

function M.set_line(bufnr, number, text)
  vim.api.nvim_buf_set_lines(bufnr, number, number + 1, true, { text })
end

function M.diagnostic(bufnr, code, prefix)
  local filter = prefix and { lnum = (M.find(bufnr, prefix)) } or {}
  return vim.iter(vim.diagnostic.get(bufnr, filter)):find(function(found)
    return found.code == code
  end)
end

function M.show_diagnostics(...)
  local shown = {}
  for _, bufnr in ipairs({ ... }) do
    shown[#shown + 1] = vim.fs.basename(vim.api.nvim_buf_get_name(bufnr)) .. ':'
    for number, text in ipairs(vim.api.nvim_buf_get_lines(bufnr, 0, -1, false)) do
      shown[#shown + 1] = ('%3d %s'):format(number, text)
      for _, found in ipairs(vim.diagnostic.get(bufnr, { lnum = number - 1 })) do
        shown[#shown + 1] = ('    ^ %d-%d %s: %s'):format(found.col, found.end_col, found.code, found.message)
      end
    end
  end
  return table.concat(shown, '\n')
end

function M.client_of(bufnr)
  return vim.lsp.get_clients({ name = 'unitls', bufnr = bufnr })[1]
end

function M.server(bufnr)
  return M.client_of(bufnr) or error('the server has gone')
end

function M.params_at(bufnr, line, byte)
  local text = vim.api.nvim_buf_get_lines(bufnr, line, line + 1, true)[1]
  return {
    textDocument = vim.lsp.util.make_text_document_params(bufnr),
    position = { line = line, character = vim.str_utfindex(text, M.server(bufnr).offset_encoding, byte) },
  }
end

-- The answer's result; an error or no answer is a failed test and gives {}.
function M.request(bufnr, method, params)
  local answer, problem = M.server(bufnr):request_sync(method, params, M.LIMIT, bufnr)
  if not answer or answer.err then
    M.ok(false, method .. ' is answered', answer and answer.err or problem)
    return {}
  end
  return answer.result or {}
end

function M.completions(bufnr, line, byte)
  local result = M.request(bufnr, 'textDocument/completion', M.params_at(bufnr, line, byte))
  local items, labels = result.items or result, {}
  for _, item in ipairs(items) do
    labels[(item.label:gsub('=$', ''))] = item
  end
  return labels, items
end

function M.has_all(table_, keys)
  return vim.iter(keys):all(function(key)
    return table_[key] ~= nil
  end)
end

function M.hover_text(bufnr, line, byte)
  local contents = M.request(bufnr, 'textDocument/hover', M.params_at(bufnr, line, byte)).contents
  return contents and table.concat(vim.lsp.util.convert_input_to_markdown_lines(contents), '\n') or ''
end

-- Runs `main` and leaves the editor: exit status 0 if everything held.
function M.run(main)
  local finished, problem = xpcall(main, debug.traceback)
  if not finished then
    M.ok(false, 'the test runs to its end', problem)
  end
  vim.cmd(failed == 0 and 'quitall!' or 'cquit 1')
end

return M
