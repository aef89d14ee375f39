// cuDNN's plans for cards that are only described: the shipped module, no device, no driver.
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

const std::vector<std::string> kAllCards = {"t4",      "a100", "rtx3090", "l4",
                                            "rtx4090", "h100", "b200",    "rtx5090"};

std::string profile(const std::string& card) {
  return data_path("device_profiles/" + card + ".json").string();
}

nlohmann::json plans(const std::string& arguments) {
  const Outcome run = run_corticast("plan --json " + arguments);
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  return nlohmann::json::parse(run.out).at("cards");
}

std::string refused(const std::string& arguments) {
  const Outcome run = run_corticast("plan " + arguments);
  CHECK(run.exit_code == 2);
  CHECK(run.out.empty());
  return run.err;
}

}  // namespace

TEST_CASE("every card has plans for all eight convolutions in every precision it has") {
  std::string profiles;
  for (const std::string& card : kAllCards) profiles += " --profile " + profile(card);
  const nlohmann::json cards = plans(profiles);
  REQUIRE(cards.size() == kAllCards.size());
  for (const nlohmann::json& card : cards) {
    const bool turing = card.at("compute_capability") == "7.5";
    std::set<std::string> seen;
    for (const nlohmann::json& row : card.at("rows")) {
      INFO(card.at("card") << ": " << row);
      const std::string precision = row.at("precision");
      const std::string notes = row.at("notes");
      const auto has = [&notes](const char* note) { return notes.find(note) != std::string::npos; };
      seen.insert(precision + " " + row.at("batch").dump() + " " + row.at("block").dump());
      CHECK(row.at("plan").get<std::string>().starts_with("eng"));
      if (precision == "fp16" && row.at("block") == 2)
        CHECK_THAT(row.at("plan").get<std::string>(), contains("_k"));
      CHECK(row.at("workspace_bytes") <= 512u << 20);
      CHECK(row.at("candidates_allowed") > 0);
      CHECK(row.at("candidates_allowed") <= row.at("candidates_offered"));
      CHECK(row.at("images_at_a_time") >= 1);
      CHECK(row.at("images_at_a_time") <= row.at("batch"));
      // Float32 keeps off tensor cores; everything else is there for their sake.
      CHECK(has("tensor-core") == !precision.starts_with("fp32"));
      CHECK((!has("winograd") || precision == "fp32"));
      for (const char* note : {"down-convert", "reduced-precision", "fft", "nondeterministic"}) {
        CHECK_FALSE(has(note));
      }
    }
    CHECK(seen.size() == std::size_t{8} * 3 * (turing ? 3 : 5));
  }
}

TEST_CASE("what takes too much workspace is planned in pieces of the batch") {
  const nlohmann::json cards = plans("--precision tf32 --batch 7,32 --profile " + profile("a100") +
                                     " --profile " + profile("h100"));
  for (const nlohmann::json& row : cards[0].at("rows")) {
    if (row.at("block") == 2) CHECK(row.at("images_at_a_time") == 4);
    if (row.at("block") == 8) CHECK(row.at("images_at_a_time") == row.at("batch"));
  }
  for (const nlohmann::json& row : cards[1].at("rows")) {
    CHECK(row.at("images_at_a_time") == row.at("batch"));
  }
}

TEST_CASE("the documented plans are what the documented command prints") {
  const std::filesystem::path root = data_path("../..");
  const std::string document = read_text(root / "engine/backend/cuda/PLANS.md");
  const std::string prompt = "\n    corticast ";
  const std::size_t from = document.find(prompt) + prompt.size();
  const std::string arguments = document.substr(from, document.find('\n', from) - from);
  const std::string table = document.substr(document.find("cuDNN ", from));
  const Outcome run = run_program(
      "cd", "'" + root.string() + "' && bash -c \"'" + CORTICAST_PROGRAM + "' " + arguments + "\"");
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  const std::string now = run.out.substr(0, run.out.find(','));
  if (table.substr(0, table.find(',')) != now) {
    WARN("not compared: this is " << now << ", the table was made by "
                                  << table.substr(0, table.find(',')));
    return;
  }
  CHECK(run.out == table);
}

TEST_CASE("a precision that the card lacks ends with 6, and the rest is listed") {
  const Outcome run = run_corticast(
      "plan --channels 64 --batch 1 --precision tf32,fp16 --profile " + profile("t4"));
  CHECK(run.exit_code == 6);
  CHECK_THAT(run.out, contains("Tesla T4 (compute capability 7.5) has no tf32, which takes 8.0") &&
                          contains("fp16             1     8 3x3, 64 -> 64, 27x27"));
}

TEST_CASE("a profile that cannot be used is said by file and field") {
  const TemporaryFolder folder;
  const std::string file = (folder / "card.json").string();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = read_text(profile("a100"));
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    write_text(file, text);
    return refused("--profile " + file);
  };
  CHECK_THAT(refused("--profile " + file), contains("card.json: cannot open"));
  CHECK_THAT(with("\"warpSize\"", "\"warp\""),
             contains("card.json: the field 'warpSize' is missing"));
  CHECK_THAT(with(":108", ":\"108\""),
             contains("card.json: the field 'multiProcessorCount' is \"108\", expected a whole"));
  CHECK_THAT(with("[1024,1024,64]", "[1024,64]"),
             contains("the field 'maxBlockSize' is [1024,64]"));
  CHECK_THAT(with("\"deviceVer\":800", "\"deviceVer\":80"),
             contains("the field 'deviceVer' is 80"));
  CHECK_THAT(with("{", "["), contains("card.json: is not a JSON object"));
  CHECK_THAT(refused("--batch 0 --profile " + profile("t4")), contains("batch '0'"));
  CHECK_THAT(refused("--precision fp8 --profile " + profile("t4")), contains("precision 'fp8'"));
}
