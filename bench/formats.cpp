#include "bench/formats.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>

#include "bench/columns.h"
#include "bench/markdown.h"
#include "engine/base/error.h"

namespace corticast::bench {
namespace {

// The shortest text that reads back as the same number; "nan", "inf" as CSV readers know them.
std::string exact_number(double value) {
  std::array<char, 40> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

struct CsvText {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const std::string& text) const { return csv_field(text); }
  std::string operator()(std::uint64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const { return exact_number(number); }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
};

struct JsonValue {
  nlohmann::ordered_json operator()(std::monostate) const { return nullptr; }
  template <typename T>
  nlohmann::ordered_json operator()(const T& value) const {
    return value;  // a number that is not finite becomes null
  }
};

void print_csv(std::ostream& out, const Row* row) {
  const char* separator = "";
  for (const Column& column : columns()) {
    out << separator;
    separator = ",";
    if (row == nullptr) {
      out << column.key;
    } else {
      out << std::visit(CsvText{}, column.value(*row));
    }
  }
  out << "\r\n";
}

void print_json(std::ostream& out, const Row& row) {
  nlohmann::ordered_json line;
  for (const Column& column : columns()) {
    line[column.key] = std::visit(JsonValue{}, column.value(row));
  }
  // A device's name may be any bytes; JSON text may not.
  out << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace

Format parse_format(const std::string& text) {
  if (text == "md") return Format::kMarkdown;
  if (text == "csv") return Format::kCsv;
  if (text == "json") return Format::kJson;
  throw Error(ErrorCode::kUsage, "-o: '" + text + "' is not md, csv or json");
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

void print_head(std::ostream& out, Format format, const std::vector<std::string>& facts,
                bool checked) {
  if (format == Format::kMarkdown) print_markdown_head(out, facts, checked);
  if (format == Format::kCsv) print_csv(out, nullptr);
  out.flush();
}

void print_row(std::ostream& out, Format format, const Row& row, bool checked) {
  switch (format) {
    case Format::kMarkdown:
      print_markdown_row(out, row, checked);
      break;
    case Format::kCsv:
      print_csv(out, &row);
      break;
    case Format::kJson:
      print_json(out, row);
      break;
  }
  out.flush();  // rows can be minutes apart
}

}  // namespace corticast::bench
