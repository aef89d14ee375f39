#include "bench/formats.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/markdown.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "tests/bench/rows.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::bench;
using corticast::test::bare_row;
using corticast::test::full_row;

namespace {

// What the README promises to programs, in this order.
const std::vector<std::string> kKeys = {"build",
                                        "device",
                                        "threads",
                                        "channels",
                                        "vertices",
                                        "subjects",
                                        "precision",
                                        "readout",
                                        "batch",
                                        "stage",
                                        "images",
                                        "flops",
                                        "bytes",
                                        "repetitions",
                                        "median_ms",
                                        "min_ms",
                                        "max_ms",
                                        "gflops_per_s",
                                        "gbytes_per_s",
                                        "images_per_s",
                                        "percent_of_peak",
                                        "peak",
                                        "peak_gflops_per_s",
                                        "peak_gbytes_per_s",
                                        "values_checked",
                                        "rms_error",
                                        "max_error",
                                        "error_bound",
                                        "passed",
                                        "isa",
                                        "executed_flops",
                                        "executed_gflops_per_s"};

std::string printed(Format format, const Row& row, bool checked = true) {
  std::ostringstream out;
  print_row(out, format, row, checked);
  return out.str();
}

std::string head(Format format, bool checked = true) {
  std::ostringstream out;
  print_head(out, format, {"device: one", "model: another"}, checked);
  return out.str();
}

// Fields of one CSV line, unquoted (RFC 4180).
std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> all(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      all.back() += line[++i];
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == ',' && !quoted) {
      all.emplace_back();
    } else {
      all.back() += line[i];
    }
  }
  return all;
}

std::vector<std::string> csv_fields(const std::string& line) {
  REQUIRE(line.ends_with("\r\n"));
  return fields(line.substr(0, line.size() - 2));
}

}  // namespace

TEST_CASE("three formats, by name") {
  CHECK(parse_format("md") == Format::kMarkdown);
  CHECK(parse_format("csv") == Format::kCsv);
  CHECK(parse_format("json") == Format::kJson);
  CHECK_THROWS_AS(parse_format("yaml"), Error);
}

TEST_CASE("the columns are those promised, in their order") {
  CHECK(csv_fields(head(Format::kCsv)) == kKeys);
  std::vector<std::string> keys;
  for (const Row& row : {full_row(), bare_row()}) {
    keys.clear();
    const auto line = nlohmann::ordered_json::parse(printed(Format::kJson, row));
    for (const auto& item : line.items()) keys.push_back(item.key());
    CHECK(keys == kKeys);
  }
}

TEST_CASE("a JSON line says what the row holds") {
  const std::string text = printed(Format::kJson, full_row());
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
  const auto line = nlohmann::json::parse(text);
  CHECK(line["build"] == "0.1.0 (abc)");
  CHECK(line["threads"] == 4);
  CHECK(line["batch"] == 16);
  CHECK(line["flops"] == 10'000'000'000);
  CHECK(line["bytes"] == 1'000'000'000);
  CHECK(line["repetitions"] == 3);
  CHECK(line["median_ms"].get<double>() == Approx(2));
  CHECK(line["min_ms"].get<double>() == Approx(1));
  CHECK(line["max_ms"].get<double>() == Approx(3));
  CHECK(line["gflops_per_s"].get<double>() == Approx(5000));
  CHECK(line["gbytes_per_s"].get<double>() == Approx(500));
  CHECK(line["images_per_s"].get<double>() == Approx(8000));
  CHECK(line["percent_of_peak"].get<double>() == Approx(50));
  CHECK(line["peak"] == "flops");
  CHECK(line["peak_gflops_per_s"].get<double>() == Approx(5000));
  CHECK(line["rms_error"].get<double>() == Approx(1e-4));
  CHECK(line["passed"] == true);
  CHECK(line["isa"] == "avx512");
  CHECK(line["executed_flops"] == 5'000'000'000);
  CHECK(line["executed_gflops_per_s"].get<double>() == Approx(2500));
}

TEST_CASE("what does not apply is null in JSON, empty in CSV, a dash in Markdown") {
  const auto line = nlohmann::json::parse(printed(Format::kJson, bare_row()));
  const std::vector<std::string> values = csv_fields(printed(Format::kCsv, bare_row()));
  REQUIRE(values.size() == kKeys.size());
  for (const char* key : {"precision", "readout", "batch", "flops", "bytes", "median_ms",
                          "gflops_per_s", "percent_of_peak", "peak", "rms_error", "passed", "isa",
                          "executed_flops", "executed_gflops_per_s"}) {
    INFO(key);
    CHECK(line[key].is_null());
    CHECK(values
              .at(static_cast<std::size_t>(std::find(kKeys.begin(), kKeys.end(), key) -
                                           kKeys.begin()))
              .empty());
  }
  CHECK_THAT(printed(Format::kMarkdown, bare_row()), test::contains(" - |"));
}

TEST_CASE("a CSV line reads back field by field") {
  Row row = full_row();
  row.where.device = "a \"card\", with all\nthat hurts";
  const std::vector<std::string> values = csv_fields(printed(Format::kCsv, row));
  REQUIRE(values.size() == kKeys.size());
  CHECK(values[1] == row.where.device);
  CHECK(values[9] == row.stage);
  CHECK(values[11] == "10000000000");
  CHECK(std::stod(values[14]) == Approx(2));
  CHECK(values[28] == "true");
  CHECK(values[29] == "avx512");
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("a\"b") == "\"a\"\"b\"");
}

TEST_CASE("no name and no number makes JSON that cannot be parsed") {
  Row row = full_row();
  row.where.device = "\xFF\x01 \"x\" \\";
  row.check->max_error = std::nan("");
  const auto line = nlohmann::json::parse(printed(Format::kJson, row));
  CHECK(line["max_error"].is_null());
  CHECK(line["passed"] == false);
}

TEST_CASE("every line of the Markdown table has the same cells, as wide as the head's") {
  for (const bool checked : {false, true}) {
    const std::string top = head(Format::kMarkdown, checked);
    CHECK(top.starts_with("- device: one\n- model: another\n\n|"));
    const std::vector<std::string> lines = split_list(
        top.substr(top.find("\n\n") + 2) + printed(Format::kMarkdown, full_row(), checked) +
            printed(Format::kMarkdown, bare_row(), checked),
        '\n');
    REQUIRE(lines.size() == 4);
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(std::count(line.begin(), line.end(), '|') ==
            std::count(lines[0].begin(), lines[0].end(), '|'));
      CHECK(line.size() == lines[0].size());
    }
    CHECK((lines[0].find("rms error") != std::string::npos) == checked);
  }
}

TEST_CASE("a failed check stands out") {
  Row row = full_row();
  row.check->rms_error = 1;
  CHECK_THAT(printed(Format::kMarkdown, row), test::contains("FAILED"));
  CHECK(nlohmann::json::parse(printed(Format::kJson, row))["passed"] == false);
  CHECK_THAT(printed(Format::kMarkdown, full_row()), test::contains(" ok "));
}

TEST_CASE("numbers for people have four digits") {
  CHECK(short_number(0) == "0");
  CHECK(short_number(0.00123456) == "0.001235");
  CHECK(short_number(0.000123456) == "1.23e-04");
  CHECK(short_number(0.5) == "0.5000");
  CHECK(short_number(12.345) == "12.35");
  CHECK(short_number(999.96) == "1000.0");
  CHECK(short_number(1234567) == "1234567");
  CHECK(short_number(std::nan("")) == "nan");
}

TEST_CASE("a simulated device says so in the short name, too") {
  CHECK(short_device("cpu (2 threads, avx512)") == "cpu");
  CHECK(short_device("cuda:1 (Tesla T4, cuDNN 9.1.0)") == "cuda:1");
  CHECK(short_device("cuda:0 (Tesla T4 (simulated), cuDNN 9.1.0)") == "cuda:0 simulated");
  CHECK(short_device("host") == "host");
}
