-- Compiles the parser: `nvim -l build.lua [GRAMMAR]`, and what lazy.nvim runs when it builds this plugin.
local plugin = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local library, problem = dofile(plugin .. '/lua/unitls/parser.lua').build(_G.arg and _G.arg[1])
print(library or error(problem, 0))
