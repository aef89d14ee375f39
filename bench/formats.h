// Rows as text: a Markdown table for people, CSV (RFC 4180) and JSON lines for programs.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "bench/row.h"

namespace corticast::bench {

enum class Format { kMarkdown, kCsv, kJson };

// "md", "csv", "json"; throws Error{kUsage} for anything else.
Format parse_format(const std::string& text);

// What comes before the rows. csv: the names of the columns. json: nothing. md: `facts`, one line
// each, and the head of the table; `checked` adds the columns of errors.
void print_head(std::ostream& out, Format format, const std::vector<std::string>& facts,
                bool checked);
void print_row(std::ostream& out, Format format, const Row& row, bool checked);

// Quoted where RFC 4180 wants it.
std::string csv_field(const std::string& text);

}  // namespace corticast::bench
