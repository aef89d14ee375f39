#include "tests/cuda_sim/tests/bugs/ptx_edit.h"

#include <algorithm>
#include <map>
#include <regex>
#include <sstream>
#include <utility>

namespace cuda_sim::bugs {
namespace {

using Lines = std::vector<std::string>;

Lines split(std::string_view text) {
  Lines lines;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string join(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text.append(line).push_back('\n');
  return text;
}

// Lines [first, last) of a kernel's body, its braces excluded.
struct Body {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::vector<Body> find_kernels(const Lines& lines, std::string_view kernel) {
  static const std::regex entry(R"(\.entry\s+([\w$]+))");
  std::vector<Body> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_search(lines[i], match, entry)) continue;
    if (match[1].str().find(kernel) == std::string::npos) continue;
    const auto is = [&](const char* brace) {
      return [brace](const std::string& line) { return line == brace; };
    };
    const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(i);
    const auto open = std::find_if(begin, lines.end(), is("{"));
    const auto close = std::find_if(open, lines.end(), is("}"));
    if (close == lines.end()) {
      throw EditError("kernel " + std::string(kernel) + ": no body between lines of '{' and '}'");
    }
    found.push_back({static_cast<std::size_t>(open - lines.begin()) + 1,
                     static_cast<std::size_t>(close - lines.begin())});
  }
  return found;
}

// Base names of the source files, by their number.
std::map<std::string, std::string> find_files(const Lines& lines) {
  static const std::regex file(R"rx(^\s*\.file\s+(\d+)\s+"(?:[^"]*/)?([^"/]+)")rx");
  std::map<std::string, std::string> files;
  for (const std::string& line : lines) {
    std::smatch match;
    if (std::regex_search(line, match, file)) files[match[1]] = match[2];
  }
  return files;
}

// (scope brace) (guard) (opcode) (rest up to the semicolon) (after it)
const std::regex& instruction_pattern() {
  static const std::regex pattern(
      R"(^(\s*\{?\s*)(@!?%\w+\s+)?([a-z][a-z0-9_.:]*)((?:\s[^;]*)?;)(.*)$)");
  return pattern;
}

bool opcode_begins_with(const std::string& opcode, const std::string& prefix) {
  return opcode.starts_with(prefix) &&
         (opcode.size() == prefix.size() || opcode[prefix.size()] == '.');
}

std::string describe(const Which& which) {
  return which.opcode + (which.place.empty() ? "" : " at " + which.place);
}

// Lines of the instructions meant.
std::vector<std::size_t> find_instructions(const Lines& lines, const Body& body,
                                           const Which& which) {
  static const std::regex loc(R"(^\s*\.loc\s+(\d+)\s+(\d+))");
  const std::map<std::string, std::string> files = find_files(lines);
  std::vector<std::size_t> found;
  std::string place;
  for (std::size_t i = body.first; i < body.last; ++i) {
    std::smatch match;
    if (std::regex_search(lines[i], match, loc)) {
      const auto file = files.find(match[1]);
      place = (file == files.end() ? "?" : file->second) + ":" + match[2].str();
    } else if (std::regex_match(lines[i], match, instruction_pattern())) {
      if (!opcode_begins_with(match[3], which.opcode)) continue;
      if (which.place.empty() || which.place == place) found.push_back(i);
    }
  }
  if (which.nth == kEvery ? found.empty() : which.nth >= found.size()) {
    throw EditError("no " + describe(which) +
                    (which.nth == kEvery ? "" : " number " + std::to_string(which.nth)) +
                    ": the kernel has " + std::to_string(found.size()) +
                    " of them (counted from 0)");
  }
  if (which.nth != kEvery) found = {found[which.nth]};
  return found;
}

std::string replace_once(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw EditError("no '" + from + "' in: " + text);
  if (text.find(from, at + 1) != std::string::npos) {
    throw EditError("more than one '" + from + "' in: " + text);
  }
  return std::string(text).replace(at, from.size(), to);
}

// The only address of an instruction, moved.
std::string shifted(const std::string& instruction, int bytes) {
  static const std::regex address(R"(\[([^\]+]+)(?:\+(-?\d+))?\])");
  const std::sregex_iterator first(instruction.begin(), instruction.end(), address);
  if (first == std::sregex_iterator()) throw EditError("no address in: " + instruction);
  if (std::next(first) != std::sregex_iterator()) {
    throw EditError("more than one address in: " + instruction);
  }
  const std::smatch& match = *first;
  const int offset = (match[2].matched ? std::stoi(match[2]) : 0) + bytes;
  return replace_once(instruction, match[0],
                      "[" + match[1].str() + "+" + std::to_string(offset) + "]");
}

// What stands between the opcode and the semicolon, split at the commas outside of braces.
std::vector<std::string> operands_of(const std::string& text) {
  std::vector<std::string> operands(1);
  int depth = 0;
  for (const char c : text.substr(0, text.find(';'))) {
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    if (c == ',' && depth == 0) {
      operands.emplace_back();
    } else if (c != ' ' && c != '\t') {
      operands.back().push_back(c);
    }
  }
  return operands;
}

std::string with_operands(const std::string& text, const std::string& operand_text) {
  const std::vector<std::string> operands = operands_of(operand_text);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool number =
        text[i] == '$' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9';
    if (!number) {
      result.push_back(text[i]);
      continue;
    }
    const auto index = static_cast<std::size_t>(text[++i] - '0');
    if (index >= operands.size()) throw EditError("no operand $" + std::to_string(index));
    result += operands[index];
  }
  return result;
}

// One line with the change made; the scope around the instruction stays.
std::string changed(const std::string& line, const Edit& edit) {
  std::smatch match;
  std::regex_match(line, match, instruction_pattern());
  const std::string before = match[1];
  const std::string guard = match[2];
  const std::string instruction = match[3].str() + match[4].str();
  const std::string after = match[5];
  switch (edit.kind) {
    case Edit::Kind::kRemove:
      return before + after;
    case Edit::Kind::kReplace:
      return before + replace_once(guard + instruction, edit.from, edit.to) + after;
    case Edit::Kind::kDropGuard:
      if (guard.empty()) throw EditError("no guard to drop in: " + line);
      return before + instruction + after;
    case Edit::Kind::kShiftAddress:
      return before + guard + shifted(instruction, edit.bytes) + after;
    case Edit::Kind::kInsertBefore:
      return before + with_operands(edit.to, match[4]) + "\n" + guard + instruction + after;
    case Edit::Kind::kInsertAfter:
      return before + guard + instruction + "\n" + with_operands(edit.to, match[4]) + after;
  }
  throw EditError("unknown kind of edit");
}

}  // namespace

Edit remove(Which which) {
  return {Edit::Kind::kRemove, std::move(which), {}, {}, 0};
}

Edit replace(Which which, std::string from, std::string to) {
  return {Edit::Kind::kReplace, std::move(which), std::move(from), std::move(to), 0};
}

Edit drop_guard(Which which) {
  return {Edit::Kind::kDropGuard, std::move(which), {}, {}, 0};
}

Edit shift_address(Which which, int bytes) {
  return {Edit::Kind::kShiftAddress, std::move(which), {}, {}, bytes};
}

Edit insert_before(Which which, std::string text) {
  return {Edit::Kind::kInsertBefore, std::move(which), {}, std::move(text), 0};
}

Edit insert_after(Which which, std::string text) {
  return {Edit::Kind::kInsertAfter, std::move(which), {}, std::move(text), 0};
}

namespace {

// Opens a scope in which the predicate %planted tells how the special register compares.
std::string compare(const std::string& special, const std::string& comparison,
                    std::uint32_t value) {
  return "{ .reg .pred %planted; .reg .b32 %planted_value; mov.u32 %planted_value, " + special +
         "; setp." + comparison + ".u32 %planted, %planted_value, " + std::to_string(value) + "; ";
}

}  // namespace

std::vector<Edit> only_where(const Which& which, const std::string& special,
                             const std::string& comparison, std::uint32_t value) {
  return {insert_before(which, compare(special, comparison, value) + "@%planted"),
          insert_after(which, "}")};
}

Edit return_where(Which which, const std::string& special, const std::string& comparison,
                  std::uint32_t value) {
  return insert_before(std::move(which), compare(special, comparison, value) + "@%planted ret; }");
}

std::string edit_kernel(std::string_view ptx, std::string_view kernel,
                        std::span<const Edit> edits) {
  std::string text(ptx);
  for (const Edit& edit : edits) {
    Lines lines = split(text);
    const std::vector<Body> kernels = find_kernels(lines, kernel);
    if (kernels.size() != 1) {
      throw EditError(std::to_string(kernels.size()) + " kernels have '" + std::string(kernel) +
                      "' in their name, expected one");
    }
    for (const std::size_t i : find_instructions(lines, kernels[0], edit.which)) {
      lines[i] = changed(lines[i], edit);
    }
    text = join(lines);
  }
  return text;
}

bool has_kernel(std::string_view ptx, std::string_view kernel) {
  return find_kernels(split(ptx), kernel).size() == 1;
}

}  // namespace cuda_sim::bugs
