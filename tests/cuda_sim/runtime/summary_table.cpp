#include "tests/cuda_sim/runtime/summary_table.h"

#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

namespace cuda_sim::runtime {
namespace {

using nlohmann::json;

// "12.3 G"
std::string scaled(std::uint64_t value) {
  if (value < 10000) return std::to_string(value) + "  ";
  const char* const units = "kMGTP";
  double number = static_cast<double>(value);
  int unit = -1;
  while (number >= 1000 && unit < 4) {
    number /= 1000;
    ++unit;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.*f %c",
                number < 10    ? 2
                : number < 100 ? 1
                               : 0,
                number, units[unit]);
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : std::string(width - text.size(), ' ') + text;
}

// A kernel's name without its parameter list.
std::string short_name(std::string name) {
  int depth = 0;
  for (std::size_t i = name.size(); i-- > 0;) {
    if (name[i] == ')') ++depth;
    if (name[i] == '(' && --depth == 0) {
      if (i > 0 && name.compare(i, 21, "(anonymous namespace)") != 0) name.resize(i);
      break;
    }
  }
  return name;
}

void print_device(const json& device, std::size_t ordinal, std::ostream& out) {
  out << "\ndevice " << ordinal << ": " << device.at("name").get<std::string>()
      << ", compute capability " << device.at("compute_capability").get<int>() / 10 << '.'
      << device.at("compute_capability").get<int>() % 10
      << (device.at("lost").get<bool>() ? ", LOST after an error\n" : "\n");
  if (device.at("kernels").empty()) {
    out << "  no kernel ran\n";
    return;
  }
  out << "  launches   thread   matrix        bytes of memory        checks  seconds  kernel\n"
      << "              instr.   instr.   loaded   stored   shared      made\n";
  for (const json& kernel : device.at("kernels")) {
    const auto number = [&](const char* name) { return kernel.at(name).get<std::uint64_t>(); };
    char seconds[32];
    std::snprintf(seconds, sizeof seconds, "%.2f", kernel.at("seconds").get<double>());
    out << right(std::to_string(number("launches")), 10)
        << right(scaled(number("thread_instructions")), 9)
        << right(scaled(number("matrix_instructions")), 9)
        << right(scaled(number("global_loaded")), 9) << right(scaled(number("global_stored")), 9)
        << right(scaled(number("shared_loaded") + number("shared_stored")), 9)
        << right(scaled(number("checks")), 10) << right(seconds, 9) << "  "
        << short_name(kernel.at("name").get<std::string>()) << '\n';
    for (const json& allocation : kernel.at("allocations")) {
      out << right(scaled(allocation.at("loaded").get<std::uint64_t>()), 37)
          << right(scaled(allocation.at("stored").get<std::uint64_t>()), 9)
          << "                               allocation "
          << allocation.at("number").get<std::uint64_t>() << " ("
          << allocation.at("name").get<std::string>() << ", "
          << scaled(allocation.at("bytes").get<std::uint64_t>()) << "B)\n";
    }
    if (number("nan_results") + number("infinite_results") > 0) {
      out << "            results that are NaN: " << number("nan_results")
          << ", infinite: " << number("infinite_results") << '\n';
    }
  }
}

void print_totals(const json& totals, std::ostream& out) {
  const auto number = [&](const char* name) { return totals.at(name).get<std::uint64_t>(); };
  const auto copies = [&](const char* name) {
    const json& c = totals.at(name);
    return std::to_string(c.at("count").get<std::uint64_t>()) + " copies of " +
           scaled(c.at("bytes").get<std::uint64_t>()) + "B";
  };
  out << "calls of the CUDA runtime: " << number("calls")
      << "; kernels launched: " << number("launches") << ", graphs: " << number("graph_launches")
      << ", library calls: " << number("library_calls") << '\n'
      << "to the device: " << copies("copies_to_device")
      << "; from it: " << copies("copies_from_device")
      << "; between: " << copies("copies_between_devices") << "; fills: " << number("memsets")
      << '\n'
      << "allocations: " << number("device_allocations") << " on devices (peak "
      << scaled(number("device_bytes_peak")) << "B), " << number("pinned_allocations")
      << " pinned\n";
  if (number("staged_copies") > 0) {
    out << "asynchronous copies from or to pageable memory, which a real device stages and waits "
           "for: "
        << number("staged_copies") << '\n';
  }
}

}  // namespace

void print_summary_table(const json& summary, std::ostream& out) {
  print_totals(summary.at("totals"), out);
  std::size_t ordinal = 0;
  for (const json& device : summary.at("devices")) print_device(device, ordinal++, out);
  const json& leaks = summary.at("leaks");
  if (!leaks.empty()) {
    out << "\nleft behind:\n";
    for (const json& leak : leaks) out << "  " << leak.get<std::string>() << '\n';
  }
  const json& reports = summary.at("reports");
  out << "\nreports: " << reports.size()
      << (summary.at("checks").get<bool>() ? "\n" : " (checks were switched off)\n");
  for (const json& report : reports) {
    out << "  " << report.at("text").get<std::string>();
    const auto times = report.at("times").get<std::uint64_t>();
    if (times > 1) out << " [" << times << " times]";
    out << '\n';
  }
}

}  // namespace cuda_sim::runtime
