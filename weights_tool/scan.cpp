#include <filesystem>
#include <iostream>
#include <map>

#include "cli/program.h"
#include "weights_tool/checkpoint/checkpoint.h"
#include "weights_tool/checkpoint/in_quotes.h"
#include "weights_tool/checkpoint/pickle_scan.h"
#include "weights_tool/commands.h"

namespace corticast::weights {
namespace {

const char* what_text(Finding::What what) {
  switch (what) {
    case Finding::What::kGlobal:
      return "global";
    case Finding::What::kCall:
      return "call";
    case Finding::What::kOpcode:
      return "opcode";
  }
  return "";
}

// A JSON string; bytes that are not printable ASCII as \u00NN (names are bytes, not text).
std::string json_text(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (byte >= 0x20 && byte < 0x7F) {
      json += c;
    } else {
      json += "\\u00";
      json += kDigits[byte >> 4];
      json += kDigits[byte & 15];
    }
  }
  return json + "\"";
}

void print_json(const PickleScan& scan, const std::string& file, bool accepted) {
  std::cout << "{\"file\": " << json_text(file)
            << ", \"accepted\": " << (accepted ? "true" : "false")
            << ", \"problem\": " << (scan.problem.empty() ? "null" : json_text(scan.problem))
            << ", \"findings\": [";
  const char* separator = "\n";
  for (const Finding& finding : scan.findings) {
    std::cout << separator << "  {\"what\": \"" << what_text(finding.what)
              << "\", \"name\": " << json_text(finding.name) << ", \"opcode\": \"" << finding.opcode
              << "\", \"offset\": " << finding.offset
              << ", \"accepted\": " << (finding.accepted ? "true" : "false") << "}";
    separator = ",\n";
  }
  std::cout << "\n]}\n";
}

// One line per distinct accepted name (first offset and count), one per refused finding.
void print_text(const PickleScan& scan) {
  struct Seen {
    std::uint64_t first;
    std::uint64_t times;
  };
  std::map<std::string, Seen> accepted;
  for (const Finding& finding : scan.findings) {
    const std::string line = std::string(what_text(finding.what)) + " " + in_quotes(finding.name);
    if (finding.accepted) {
      ++accepted.try_emplace(line, Seen{finding.offset, 0}).first->second.times;
    } else {
      std::cout << "REFUSED   " << line << " (" << finding.opcode << ") at byte " << finding.offset
                << "\n";
    }
  }
  for (const auto& [line, seen] : accepted) {
    std::cout << "accepted  " << line << " at byte " << seen.first;
    if (seen.times > 1) std::cout << ", " << seen.times << " times";
    std::cout << "\n";
  }
}

int scan_file(const std::filesystem::path& path, bool json) {
  const std::string name = path.string();
  const MappedFile file(path, ErrorCode::kModel);
  const PickleScan scan = scan_checkpoint(file.bytes(), name);
  bool accepted = true;
  for (const Finding& finding : scan.findings) accepted = accepted && finding.accepted;
  if (json) {
    print_json(scan, name, accepted && scan.problem.empty());
  } else {
    print_text(scan);
  }
  if (!accepted) {
    std::cerr << "corticast-weights: " << name
              << ": asks for what corticast refuses (nothing was executed)\n";
    return static_cast<int>(ErrorCode::kDifference);
  }
  if (!scan.problem.empty()) throw Error(ErrorCode::kModel, scan.problem);
  (void)Checkpoint(path);  // names are harmless; is it also well-formed?
  return 0;
}

}  // namespace

void add_scan(CLI::App& app) {
  cli::add_command(
      app, "scan", "List what a checkpoint's pickle would import and call",
      [](CLI::App& command) -> cli::Body {
        auto input = std::make_shared<std::filesystem::path>();
        auto json = std::make_shared<bool>(false);
        command.add_option("input", *input, "Checkpoint file")->type_name("IN.pth")->required();
        command.add_flag("--json", *json, "Print every finding as JSON");
        return [input, json] { return scan_file(*input, *json); };
      });
}

}  // namespace corticast::weights
