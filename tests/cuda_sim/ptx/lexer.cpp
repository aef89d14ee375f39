#include "tests/cuda_sim/ptx/lexer.h"

#include <bit>
#include <charconv>

namespace cuda_sim::ptx {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool starts_word(char c) {
  return is_letter(c) || c == '_' || c == '$' || c == '%' || c == '.';
}

bool continues_word(char c) {
  return starts_word(c) || is_digit(c);
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    tokens.reserve(text_.size() / 5 + 1);
    for (skip_space(); at_ < text_.size(); skip_space()) tokens.push_back(token());
    tokens.push_back(Token{Token::Kind::kEnd, "end of text", 0, line_});
    return tokens;
  }

 private:
  char current(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = current();
      if (c == '\n') {
        ++line_;
        ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || (c == '\0' && at_ + 1 == text_.size())) {
        ++at_;  // fat binaries end the text with a null
      } else if (c == '/' && current(1) == '/') {
        while (at_ < text_.size() && current() != '\n') ++at_;
      } else if (c == '/' && current(1) == '*') {
        skip_block_comment();
      } else {
        return;
      }
    }
  }

  void skip_block_comment() {
    const std::size_t end = text_.find("*/", at_ + 2);
    if (end == std::string_view::npos) {
      TokenStream::fail_at(line_, "comment without its end */");
    }
    for (; at_ < end + 2; ++at_) line_ += text_[at_] == '\n' ? 1 : 0;
  }

  Token token() {
    const char c = current();
    if (is_digit(c)) return number();
    if (starts_word(c)) return word();
    if (c == '"') return string();
    constexpr std::string_view kPunctuation = "{}[]()<>,;:@!|+-=*&^~?/";
    if (kPunctuation.find(c) == std::string_view::npos) {
      TokenStream::fail_at(line_, "character with code " +
                                      std::to_string(static_cast<unsigned char>(c)) +
                                      ", which PTX does not know");
    }
    ++at_;
    return Token{Token::Kind::kPunctuation, text_.substr(at_ - 1, 1), 0, line_};
  }

  Token word() {
    const std::size_t start = at_++;
    // ".reg.b32" is two directives, "ld.global" one opcode. "::" belongs to a modifier
    // (.shared::cta); a single colon ends a label.
    const bool directive = text_[start] == '.';
    while (at_ < text_.size() && !(directive && current() == '.') &&
           (continues_word(current()) ||
            (current() == ':' && current(1) == ':' && continues_word(current(2))))) {
      at_ += current() == ':' ? 2 : 1;
    }
    return Token{Token::Kind::kWord, text_.substr(start, at_ - start), 0, line_};
  }

  Token string() {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && current() != '"' && current() != '\n') {
      at_ += current() == '\\' ? 2 : 1;
    }
    if (current() != '"') TokenStream::fail_at(line_, "string without its closing quote");
    return Token{Token::Kind::kString, text_.substr(start, at_++ - start), 0, line_};
  }

  Token number() {
    const std::size_t start = at_;
    while (is_digit(current()) || is_letter(current()) || current() == '.' ||
           ((current() == '-' || current() == '+') && decimal_exponent(start))) {
      ++at_;
    }
    Token token{Token::Kind::kInteger, text_.substr(start, at_ - start), 0, line_};
    std::string_view digits = token.text;
    if (digits.starts_with("0f") || digits.starts_with("0F")) {
      if (digits.size() != 10) bad_number(token.text);
      token.kind = Token::Kind::kFloat;
      token.bits = parse_bits(digits.substr(2), 16, token.text);
    } else if (digits.starts_with("0d") || digits.starts_with("0D")) {
      if (digits.size() != 18) bad_number(token.text);
      token.kind = Token::Kind::kDouble;
      token.bits = parse_bits(digits.substr(2), 16, token.text);
    } else if (digits.starts_with("0x") || digits.starts_with("0X")) {
      token.bits = parse_bits(without_suffix(digits.substr(2)), 16, token.text);
    } else if (digits.starts_with("0b") || digits.starts_with("0B")) {
      token.bits = parse_bits(without_suffix(digits.substr(2)), 2, token.text);
    } else if (digits.find_first_of(".eE") != std::string_view::npos) {
      double value = 0;
      const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
        bad_number(token.text);
      }
      token.kind = Token::Kind::kDouble;
      token.bits = std::bit_cast<std::uint64_t>(value);
    } else {
      digits = without_suffix(digits);
      const bool octal = digits.size() > 1 && digits[0] == '0';
      token.bits = parse_bits(digits, octal ? 8 : 10, token.text);
    }
    return token;
  }

  // Whether the sign under the cursor belongs to "1.5e-3".
  bool decimal_exponent(std::size_t start) const {
    const char before = text_[at_ - 1];
    return (before == 'e' || before == 'E') && text_[start + 1] != 'x' && text_[start + 1] != 'X' &&
           text_[start + 1] != 'f' && text_[start + 1] != 'F' && text_[start + 1] != 'd' &&
           text_[start + 1] != 'D';
  }

  static std::string_view without_suffix(std::string_view digits) {
    if (digits.ends_with('U')) digits.remove_suffix(1);
    return digits;
  }

  std::uint64_t parse_bits(std::string_view digits, int base, std::string_view all) const {
    std::uint64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) bad_number(all);
    return value;
  }

  [[noreturn]] void bad_number(std::string_view text) const {
    TokenStream::fail_at(line_, "'" + std::string(text) + "' is not a number of 64 bits or less");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

TokenStream::TokenStream(std::string_view text) : tokens_(Lexer(text).run()) {}

const Token& TokenStream::peek(std::size_t ahead) const {
  return next_ + ahead < tokens_.size() ? tokens_[next_ + ahead] : tokens_.back();
}

Token TokenStream::take() {
  const Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool TokenStream::accept(std::string_view text) {
  if (!at(text)) return false;
  take();
  return true;
}

void TokenStream::expect(std::string_view text) {
  if (!accept(text)) fail("'" + std::string(text) + "'");
}

std::string_view TokenStream::word(std::string_view expected) {
  if (peek().kind != Token::Kind::kWord) fail(expected);
  return take().text;
}

std::int64_t TokenStream::integer(std::string_view expected) {
  const bool negative = accept("-");
  if (peek().kind != Token::Kind::kInteger) fail(expected);
  const std::uint64_t bits = take().bits;
  return static_cast<std::int64_t>(negative ? 0 - bits : bits);
}

std::string_view TokenStream::string(std::string_view expected) {
  if (peek().kind != Token::Kind::kString) fail(expected);
  return take().text;
}

void TokenStream::skip_past(std::string_view text) {
  while (!accept(text)) {
    if (peek().kind == Token::Kind::kEnd) fail("'" + std::string(text) + "'");
    take();
  }
}

void TokenStream::skip_line() {
  const std::uint32_t line = next_ == 0 ? peek().line : tokens_[next_ - 1].line;
  while (peek().kind != Token::Kind::kEnd && peek().line == line) take();
}

void TokenStream::fail(std::string_view expected) const {
  fail_at(peek().line,
          "found '" + std::string(peek().text) + "', expected " + std::string(expected));
}

void TokenStream::fail_at(std::uint32_t line, const std::string& message) {
  throw ParseError("ptx line " + std::to_string(line) + ": " + message);
}

}  // namespace cuda_sim::ptx
