/**
 * @file systemd unit files, as systemd's config_parse() reads them.
 * @license MIT
 *
 * The grammar is total: it has a tree without ERROR and MISSING nodes for every text. A line that systemd
 * cannot use is a `junk` node, so that a mistake never reaches beyond its line. Two habits keep it so:
 *
 * - It is LR(1) and regular line by line: what a line is depends on nothing before it but the continuation
 *   it is in.
 * - Wherever a `\` may end the line, a token is valid that takes a `\` before any other character. The bare
 *   `\` of `continuation` is therefore met at the end of the text only.
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

// No rules of their own: where these end shows only by what follows.
const lines = $ => seq(repeat($._line), repeat($.continuation));
const bracketed = $ => seq(
  optional(field('name', $.section_name)),
  $._closing,
  repeat(seq(field('name', $.section_name), $._closing)),
);

export default grammar({
  name: 'systemd',

  // Other space characters are text to systemd. Line ends are tokens.
  extras: _ => [/[ \t]/],

  rules: {
    // A line end stands between a line and the next `[`, so that a `[` inside a value is never taken for a
    // header.
    source_file: $ => seq(
      lines($),
      choice(
        optional($._item),
        seq(repeat1($.section), optional(alias($._last_section, $.section))),
        alias($._last_section, $.section),
      ),
    ),

    // Reaches up to the next header, the blank lines before that included. A broken header opens a section as
    // well.
    section: $ => seq($._header, $._line_end, lines($)),

    // Ends with the text, and not with a line end.
    _last_section: $ => seq($._header, optional(seq($._line_end, lines($), $._item))),

    _header: $ => choice($.section_header, alias($._broken_header, $.junk)),

    _line: $ => seq(repeat($.continuation), optional($._item), $._line_end),

    _item: $ => choice($.comment, $.assignment, $.junk),

    _line_end: _ => /\r\n?|\n/,

    comment: _ => token(prec(2, /[#;][^\r\n]*/)),

    // A backslash at the end of a line: the next line that is no comment goes on with this one.
    continuation: $ => prec.right(seq(
      /\\(\r\n?|\n)?/,
      repeat(seq($.comment, $._line_end)),
      optional($.comment),
    )),

    // A header is a line from `[` to `]`, whatever is between, so its name may hold brackets.
    section_header: $ => seq($._opening, repeat($.continuation), bracketed($)),

    _broken_header: $ => seq($._opening, repeat($.continuation), choice(
      optional(field('name', $.section_name)),
      seq(bracketed($), field('name', $.section_name)),
    )),

    _opening: _ => alias(token(prec(1, '[')), '['),

    _closing: $ => seq($._bracket, repeat(choice($._bracket, $.continuation))),

    _bracket: $ => choice(']', alias($._backslash_bracket, ']')),

    // The backslash is part of the name: it escapes no `]`.
    _backslash_bracket: _ => /\\\]/,

    section_name: $ => seq($._name_text, repeat(choice($._name_text, $.continuation))),

    _name_text: _ => /([^ \t\]\r\n\\]|\\[^\]\r\n])(([ \t\]]|\\\])*([^ \t\]\r\n\\]|\\[^\]\r\n]))*/,

    assignment: $ => choice(
      seq(
        field('key', alias($._exec_key, $.key)),
        '=',
        repeat($.continuation),
        optional(field('value', alias($._exec_value, $.value))),
      ),
      seq(
        choice(
          seq(field('key', $.key), '='),
          seq(
            optional(field('key', choice($.key, alias($._exec_key, $.key)))),
            alias($._backslash_equals, '='),
          ),
        ),
        repeat($.continuation),
        optional(field('value', $.value)),
      ),
    ),

    // The backslash is the end of the key: it escapes no `=`.
    _backslash_equals: _ => /\\=/,

    junk: $ => choice(
      $._exec_key,
      $._text,
      seq('=', repeat(choice($._rest, $.continuation))),
    ),

    key: $ => $._text,

    // What may turn out to be a key, or junk when no `=` follows.
    _text: $ => choice(
      seq($._key_text, repeat(choice($._key_text, $.continuation))),
      seq($._exec_key, repeat1(choice($._key_text, $.continuation))),
    ),

    // Before _key_text: it wins where both match the same text.
    _exec_key: _ => /Exec(Condition|Start|Reload|Stop)(Pre|Post)?/,

    _key_text: _ => /([^ \t=\r\n\\]|\\[^=\r\n])([ \t]*([^ \t=\r\n\\]|\\[^=\r\n]))*/,

    _rest: _ => /([^ \t\r\n\\]|\\[^\r\n])([ \t]*([^ \t\r\n\\]|\\[^\r\n]))*/,

    value: $ => choice(
      seq(
        choice($.prefix, alias($._signed, $.word), $._piece),
        repeat(choice($._piece, $.continuation)),
        optional(alias($._unclosed_string, $.string)),
      ),
      alias($._unclosed_string, $.string),
    ),

    _exec_value: $ => choice(
      seq(
        choice($.exec_prefix, $._piece),
        repeat(choice($._piece, $.continuation)),
        optional(alias($._unclosed_string, $.string)),
      ),
      alias($._unclosed_string, $.string),
    ),

    // Before the path of the program: see "special executable prefixes" in systemd.service(5).
    exec_prefix: _ => token(prec(1, /[-@:+!|]+/)),

    // Before the first word of other values: `-/optional/path`, `!condition`, `~inverted list`.
    prefix: _ => token(prec(1, /[-+!|~]+/)),

    // Looks like a prefix, but is a number, or the name of the root mount or slice (`-.mount`).
    _signed: _ => token(prec(2, /[-+][0-9.][^ \t\r\n\\%$]*/)),

    _piece: $ => choice(
      $.word,
      alias($._lone, $.word),
      $.string,
      $.escape_sequence,
      $.specifier,
      $.variable,
    ),

    // Quotes inside a word are text (`Don't`), but for one behind a `=` (`FOO="a b"`), where the word ends.
    word: _ => {
      const first = /[^ \t\r\n\\%$="']/.source;
      const more = /[^ \t\r\n\\%$=]*/.source;
      const tail = `${first}${more}(=+${first}${more})*=*`;
      return new RegExp(`${tail}|=+(${tail})?`);
    },

    // What starts nothing.
    _lone: _ => /[%$]/,

    string: $ => choice(
      seq('"', repeat($._double_quoted), '"'),
      seq('\'', repeat($._single_quoted), '\''),
    ),

    // Ends with the logical line.
    _unclosed_string: $ => choice(
      seq('"', repeat($._double_quoted)),
      seq('\'', repeat($._single_quoted)),
    ),

    _double_quoted: $ => choice(
      /[^ \t\r\n\\%$"][^\r\n\\%$"]*/,
      $._quoted,
    ),

    _single_quoted: $ => choice(
      /[^ \t\r\n\\%$'][^\r\n\\%$']*/,
      $._quoted,
    ),

    _quoted: $ => choice(
      $._lone,
      $.escape_sequence,
      $.specifier,
      $.variable,
      $.continuation,
    ),

    escape_sequence: _ => choice(
      '$$',
      /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[^\r\n])/,
    ),

    specifier: _ => /%[A-Za-z%]/,

    variable: _ => /\$([A-Za-z_][A-Za-z0-9_]*|\{[^ \t\r\n\\%$"'{}]+\})/,
  },
});
