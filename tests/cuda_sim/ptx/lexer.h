// PTX text as tokens (PTX ISA 4.1 to 4.5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cuda_sim/ptx/module.h"

namespace cuda_sim::ptx {

struct Token {
  enum class Kind : std::uint8_t {
    kWord,         // names, directives, whole opcodes: "%tid.x", ".reg", "ld.global.v4.f32"
    kInteger,      // bits
    kFloat,        // 0f: bits of a float
    kDouble,       // 0d or decimal: bits of a double
    kString,       // text without its quotes
    kPunctuation,  // one character
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string_view text;  // into the PTX text
  std::uint64_t bits = 0;
  std::uint32_t line = 0;  // first is 1
};

// The tokens with a cursor. All failures are ParseErrors that name the line, what was found and
// what was expected.
class TokenStream {
 public:
  // text must outlive the stream.
  explicit TokenStream(std::string_view text);

  const Token& peek(std::size_t ahead = 0) const;
  Token take();
  bool at(std::string_view text) const { return is(peek(), text); }
  bool accept(std::string_view text);
  void expect(std::string_view text);
  std::string_view word(std::string_view expected);
  // Optional sign, then an integer literal.
  std::int64_t integer(std::string_view expected);
  std::string_view string(std::string_view expected);
  // Skips to after the next such token.
  void skip_past(std::string_view text);
  // Skips the rest of the line that the token taken last stands on.
  void skip_line();

  [[noreturn]] void fail(std::string_view expected) const;
  [[noreturn]] static void fail_at(std::uint32_t line, const std::string& message);

 private:
  static bool is(const Token& token, std::string_view text) {
    return token.kind != Token::Kind::kString && token.kind != Token::Kind::kEnd &&
           token.text == text;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
};

}  // namespace cuda_sim::ptx
