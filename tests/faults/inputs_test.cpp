// Lists and files as they come: too many, too large, broken in the middle, oddly named.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>

#include "engine/output/open_writer.h"
#include "engine/pipeline/encode.h"
#include "tests/cli/support.h"
#include "tests/faults/allocations.h"
#include "tests/faults/contents.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMany = 100'000;
constexpr std::size_t kReadEvery = 500;

// Answers each image with the mean of its first thousand bytes.
class MeanProgram : public Program {
 public:
  explicit MeanProgram(std::size_t batch) : batch_(batch) {}
  std::uint8_t* input(std::size_t slot) override {
    slots_[slot].resize(batch_ * kImageBytes);
    return slots_[slot].data();
  }
  void submit(std::size_t, std::size_t n) override { images_ = n; }
  Responses wait(std::size_t slot) override {
    answers_.assign(images_, 0);
    for (std::size_t i = 0; i < images_; ++i) {
      const std::uint8_t* pixels = slots_[slot].data() + i * kImageBytes;
      for (std::size_t b = 0; b < 1000; ++b) answers_[i] += static_cast<float>(pixels[b]) / 1000;
    }
    view_ = {answers_.data()};
    return {images_, 1, view_};
  }

 private:
  std::size_t batch_;
  std::size_t images_ = 0;
  std::vector<std::uint8_t> slots_[3];
  std::vector<float> answers_;
  std::vector<const float*> view_;
};

long peak_kilobytes() {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  return use.ru_maxrss;
}

std::string header_only_png(unsigned char side_high) {
  // IHDR of a 16-bit colour image, side_high * 256 pixels a side, and nothing after it.
  std::string png = {'\x89', 'P', 'N', 'G', '\r', '\n', '\x1A', '\n',
                     0,      0,   0,   13,  'I',  'H',  'D',    'R'};
  for (int side = 0; side < 2; ++side) {
    png += {0, 0, static_cast<char>(side_high), 0};
  }
  png += {16, 2, 0, 0, 0, 0, 0, 0, 0};
  return png;
}

// The file with its frame header changed to 65,535 x 65,535.
std::string huge_jpeg(std::string jpeg) {
  for (std::size_t i = 2; i + 9 < jpeg.size(); ++i) {
    if (jpeg[i] != '\xFF' || (jpeg[i + 1] != '\xC0' && jpeg[i + 1] != '\xC2')) continue;
    for (std::size_t b = 5; b < 9; ++b) jpeg[i + b] = '\xFF';
    return jpeg;
  }
  throw std::runtime_error("no frame header");
}

struct Bench {
  TemporaryFolder folder;
  std::string model = folder / "tiny.model";
  std::string out = folder / "out.h5";
  Bench() { make_model(model, false); }
  Outcome encode(const std::string& input, const std::string& more = "") const {
    return run_corticast("encode " + input + " -m " + model + " -o " + out +
                         " --device cpu --threads 2 --batch 4 " + more);
  }
};

}  // namespace

TEST_CASE("a list of a hundred thousand paths goes through a run") {
  const Bench bench;
  const std::string png = data_path("images/clock_77x110_gray4.png");
  std::string text;
  for (std::size_t k = 0; k < kMany; ++k) {
    text += k % kReadEvery == 0 ? png : "photographs of day " + std::to_string(k) + ".jpg";
    text += '\n';
  }
  const std::string list = bench.folder / "list";
  write_text(list, text);
  const Outcome plan = bench.encode("@" + list, "--dry-run");
  CHECK(plan.exit_code == 0);
  CHECK_THAT(plan.out, contains("100,000"));

  const long before = peak_kilobytes();
  const ImageSource source(InputSpec{{"@" + list}, false});
  RunRecord record = small_record(0);
  for (std::size_t k = 0; k < kMany; ++k) record.image_names.push_back(source.name(k));
  Request request;
  request.targets = {{0, {"readout"}, "readout"}};
  request.rows = {0};
  request.columns = 1;
  constexpr std::size_t kBatch = 100;
  MeanProgram program(kBatch);
  EncodeOptions options;
  options.loader_threads = 2;
  const auto writer = open_writer(bench.out, record, request, false, nullptr);
  const EncodeSummary summary = encode(feed_of(source), program, kBatch, *writer, options);
  const long grown = peak_kilobytes() - before;
  CHECK(summary.failed == kMany - kMany / kReadEvery);

  const ReadFile file(bench.out);
  const auto names = file.texts("/images/path");
  const auto errors = file.texts("/images/error");
  const auto values = file.floats("/responses/readout");
  std::size_t wrong = 0;
  for (std::size_t k = 0; k < kMany; ++k) {
    const bool read = k % kReadEvery == 0;
    wrong += names[k] != source.name(k) || errors[k].empty() != read ||
             std::isnan(values[k]) == read || (read && values[k] != values[0]);
  }
  CHECK(wrong == 0);
  std::cout << kMany << " paths: peak memory grew by " << grown / 1024 << " MiB\n";
  // A sanitizer keeps what was freed, and guards around what was not.
  if (can_fail_malloc()) CHECK(grown < 200 * 1024);
}

TEST_CASE("broken images in the middle of batches cost their own rows only") {
  const Bench bench;
  const auto at = [&](const char* name) { return (bench.folder / name).string(); };
  const std::string good = data_path("images/astro_122x91_ycck.jpg");
  const std::string png = data_path("images/rocket_180x131_pal4bit.png");
  fs::create_directory(at("folder.jpg"));
  fs::create_symlink("nowhere.png", at("link.png"));
  fs::create_symlink("loop.png", at("loop.png"));
  write_text(at("empty.jpg"), "");
  write_text(at("huge.png"), header_only_png(0x80));
  write_text(at("huge.jpg"), huge_jpeg(read_text(good)));
  write_text(at("half.jpg"), read_text(good).substr(0, 5000));
  write_text(at("half.png"), read_text(png).substr(0, 1500));
  const std::vector<std::pair<std::string, std::string>> rows = {
      {good, ""},
      {at("folder.jpg"), "not a regular file"},
      {png, ""},
      {at("link.png"), "No such file"},
      {at("loop.png"), "symbolic links"},
      {good, ""},
      {good + "/inside.jpg", "Not a directory"},
      {at("empty.jpg"), "the file is empty"},
      {at("huge.png"), "32,768 x 32,768"},
      {at("huge.jpg"), "imension"},
      {png, ""},
      {at("half.jpg"), ""},
      {at("half.png"), ""},
      {good, ""},
  };
  const auto is_good = [&](std::size_t k) { return rows[k].first == good || rows[k].first == png; };
  std::string list;
  for (const auto& [name, reason] : rows) list += name + "\n";
  write_text(at("list"), list);
  const Outcome run = bench.encode("@" + at("list"));
  INFO(run.err);
  CHECK(run.exit_code == 4);
  const ReadFile file(bench.out);
  const auto errors = file.texts("/images/error");
  const auto status = file.bytes("/images/status");
  const auto values = file.floats("/responses/readout");
  const std::size_t columns = values.size() / rows.size();
  for (std::size_t k = 0; k < rows.size(); ++k) {
    CAPTURE(k, rows[k].first, errors[k]);
    CHECK(errors[k].empty() == is_good(k));
    CHECK_THAT(errors[k], contains(rows[k].second));
    CHECK(int{status[k]} == (is_good(k) ? 0 : 1));
    const std::size_t same = rows[k].first == good ? 0 : 2;
    for (std::size_t c = 0; c < columns; ++c) {
      const float value = values[k * columns + c];
      CHECK((is_good(k) ? value == values[same * columns + c] : std::isnan(value)));
    }
  }
}

TEST_CASE("oddly named files have their own rows and names, however they are given") {
  const Bench bench;
  const fs::path photos = bench.folder / "photos";
  fs::create_directory(photos);
  const std::vector<std::string> sources = {"images/clock_77x110_gray4.png",
                                            "images/rocket_180x131_pal4bit.png",
                                            "images/clock_130x91_gray8_adam7.png"};
  std::vector<std::string> odd = {"-dash.png",
                                  "--help.png",
                                  " two  spaces .png",
                                  "line\nbreak.png",
                                  "latin\xE9.png",
                                  "brain \xF0\x9F\xA7\xA0.png",
                                  "@at.png",
                                  "quote'\"$HOME.png",
                                  "tab\tback\\slash.png",
                                  std::string(251, 'n') + ".png"};
  std::sort(odd.begin(), odd.end());  // as a folder is
  std::string plain;
  std::string nul;
  std::string newline;
  std::vector<std::string> in_lines;
  for (std::size_t k = 0; k < odd.size(); ++k) {
    const std::string content = data_path(sources[k % sources.size()]);
    const std::string path = photos / odd[k];
    fs::copy(content, path);
    plain += content + "\n";
    nul += path + '\0';
    if (odd[k].find('\n') != std::string::npos) continue;
    newline += path + "\n";
    in_lines.push_back(path);
  }
  write_text(bench.folder / "plain", plain);
  REQUIRE(bench.encode("@" + (bench.folder / "plain").string()).exit_code == 0);
  const auto expected = ReadFile(bench.out).floats("/responses/readout");
  const std::size_t columns = expected.size() / odd.size();

  std::vector<std::string> paths;
  for (const std::string& name : odd) paths.push_back(photos / name);
  write_text(bench.folder / "nul", nul);
  write_text(bench.folder / "newline", newline);
  const std::string with_nul = (bench.folder / "nul").string();
  const std::string with_newline = (bench.folder / "newline").string();
  const auto names_of = [&](const std::string& input) {
    const Outcome run = bench.encode(input, "--force");
    INFO(input << "\n" << run.err);
    REQUIRE(run.exit_code == 0);
    return ReadFile(bench.out).texts("/images/path");
  };
  const auto values = [&] { return ReadFile(bench.out).floats("/responses/readout"); };
  CHECK(names_of(photos) == odd);
  CHECK(values() == expected);
  CHECK(names_of("-0 @" + with_nul) == paths);
  CHECK(values() == expected);
  CHECK(names_of("- -0 <" + with_nul) == paths);
  CHECK(values() == expected);
  for (const std::string& input : {"@" + with_newline, "- <" + with_newline}) {
    CHECK(names_of(input) == in_lines);
    std::vector<float> rows;
    for (std::size_t k = 0; k < odd.size(); ++k) {
      if (odd[k].find('\n') != std::string::npos) continue;
      rows.insert(rows.end(), expected.begin() + static_cast<long>(k * columns),
                  expected.begin() + static_cast<long>((k + 1) * columns));
    }
    CHECK(values() == rows);
  }
  // As arguments: what begins with a dash comes after --, what begins with @ gets a folder.
  const std::string here = bench.folder / "here.sh";
  write_text(here, "cd '" + photos.string() + "' && exec '" CORTICAST_PROGRAM "' encode -m '" +
                       bench.model + "' -o '" + bench.out +
                       "' --device cpu --threads 2 --batch 4 --force -- -dash.png --help.png "
                       "./@at.png 'line\nbreak.png' latin$(printf '\\351').png\n");
  const Outcome run = run_program("/bin/sh", here);
  INFO(run.err);
  CHECK(run.exit_code == 0);
  CHECK(ReadFile(bench.out).texts("/images/path") ==
        std::vector<std::string>{"-dash.png", "--help.png", "./@at.png", "line\nbreak.png",
                                 "latin\xE9.png"});
}
