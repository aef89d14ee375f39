#include "bench/markdown.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>

#include "bench/statistics.h"

namespace corticast::bench {
namespace {

struct Cell {
  const char* heading;
  std::size_t width;  // at least; a longer text pushes the rest of its line to the right
  bool left;
  std::string (*text)(const Row& row);  // "" prints as "-"
};

std::string positive(double value) {
  return value > 0 ? short_number(value) : "";
}
std::string milliseconds(const Row& row, double Spread::*which) {
  return row.seconds.empty() ? "" : short_number(1e3 * (spread_of(row.seconds).*which));
}
std::string per_second(const Row& row, double amount) {
  return row.seconds.empty() ? "" : positive(amount / spread_of(row.seconds).median);
}
std::string percent_of_peak(const Row& row) {
  const auto share = peak_share(row);
  if (!share) return "";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %% %s", 100 * share->share, share->which);
  return text.data();
}
std::string scientific(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", value);
  return text.data();
}

const std::vector<Cell>& timed_cells() {
  static const std::vector<Cell> cells = {
      {"device", 16, true, [](const Row& r) { return short_device(r.where.device); }},
      {"threads", 7, false, [](const Row& r) { return std::to_string(r.where.threads); }},
      {"precision", 11, true, [](const Row& r) { return r.where.precision; }},
      {"readout", 7, true, [](const Row& r) { return r.where.readout; }},
      {"batch", 5, false,
       [](const Row& r) { return r.where.batch > 0 ? std::to_string(r.where.batch) : ""; }},
      {"stage", 50, true, [](const Row& r) { return r.stage; }},
      {"images", 6, false,
       [](const Row& r) { return r.images > 0 ? std::to_string(r.images) : ""; }},
      {"GFLOP", 8, false, [](const Row& r) { return positive(r.flops / 1e9); }},
      {"MB", 8, false, [](const Row& r) { return positive(r.bytes / 1e6); }},
      {"median ms", 9, false, [](const Row& r) { return milliseconds(r, &Spread::median); }},
      {"min", 8, false, [](const Row& r) { return milliseconds(r, &Spread::least); }},
      {"max", 8, false, [](const Row& r) { return milliseconds(r, &Spread::most); }},
      {"GFLOP/s", 8, false, [](const Row& r) { return per_second(r, r.flops / 1e9); }},
      {"executed", 8, false, [](const Row& r) { return per_second(r, r.executed_flops / 1e9); }},
      {"GB/s", 8, false, [](const Row& r) { return per_second(r, r.bytes / 1e9); }},
      {"images/s", 8, false,
       [](const Row& r) { return per_second(r, static_cast<double>(r.images)); }},
      {"of peak", 13, false, percent_of_peak},
  };
  return cells;
}

const std::vector<Cell>& checked_cells() {
  static const std::vector<Cell> cells = {
      {"rms error", 9, false,
       [](const Row& r) { return r.check ? scientific(r.check->rms_error) : ""; }},
      {"max error", 9, false,
       [](const Row& r) { return r.check ? scientific(r.check->max_error) : ""; }},
      {"bound", 7, false, [](const Row& r) { return r.check ? scientific(r.check->bound) : ""; }},
      {"check", 6, true,
       [](const Row& r) {
         return std::string(!r.check ? "" : r.check->passed() ? "ok" : "FAILED");
       }},
  };
  return cells;
}

template <typename Write>
void each_cell(bool checked, const Write& write) {
  for (const Cell& cell : timed_cells()) write(cell);
  if (!checked) return;
  for (const Cell& cell : checked_cells()) write(cell);
}

void print_cell(std::ostream& out, const Cell& cell, std::string text) {
  std::replace(text.begin(), text.end(), '|', '/');  // a bar would end the cell
  const std::string padding(cell.width - std::min(cell.width, text.size()), ' ');
  out << " " << (cell.left ? text + padding : padding + text) << " |";
}

}  // namespace

void print_markdown_head(std::ostream& out, const std::vector<std::string>& facts, bool checked) {
  for (const std::string& fact : facts) out << "- " << fact << "\n";
  out << "\n|";
  each_cell(checked, [&](const Cell& cell) { print_cell(out, cell, cell.heading); });
  out << "\n|";
  each_cell(checked, [&](const Cell& cell) {
    out << (cell.left ? " :" : " ") << std::string(cell.width - 1, '-')
        << (cell.left ? " |" : ": |");
  });
  out << "\n";
}

void print_markdown_row(std::ostream& out, const Row& row, bool checked) {
  out << "|";
  each_cell(checked, [&](const Cell& cell) {
    const std::string text = cell.text(row);
    print_cell(out, cell, text.empty() ? "-" : text);
  });
  out << "\n";
}

std::string short_number(double value) {
  if (!(value > 0)) return value == 0 ? "0" : "nan";
  const int digits = static_cast<int>(std::floor(std::log10(value)));
  const bool tiny = digits < -3;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), tiny ? "%.*e" : "%.*f",
                tiny ? 2 : std::max(3 - digits, 0), value);
  return text.data();
}

std::string short_device(const std::string& name) {
  const bool simulated = name.find("simulated") != std::string::npos;
  return name.substr(0, name.find(" (")) + (simulated ? " simulated" : "");
}

}  // namespace corticast::bench
