// What corticast does beside a run, with every allocation failing once: shards merged, a checkpoint
// converted, a selection resolved, the C functions called.
#include <iostream>

#include "cli/program.h"
#include "engine/atlas/resolve.h"
#include "engine/base/error.h"
#include "engine/base/npy.h"
#include "engine/output/merge.h"
#include "tests/api/support.h"
#include "tests/faults/allocations.h"
#include "tests/faults/contents.h"
#include "tests/faults/shards.h"
#include "tests/faults/sweep.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "weights_tool/conversion.h"

using namespace corticast;
using namespace corticast::test;
namespace fs = std::filesystem;

namespace {

// Most failures leave the same behind: the work is done again after one in so many.
constexpr std::uint64_t kLookedAt = 32;

void tell(std::uint64_t failed, const std::string& what) {
  std::cout << failed << " allocations of " << what << " failed, each alone\n";
}

}  // namespace

TEST_CASE("a merge survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const TemporaryFolder folder;
  const auto shards = make_shards(folder.path(), 5);
  for (const bool by_reference : {false, true}) {
    const fs::path out = folder / "out.h5";
    const fs::path part = folder / "out.h5.part";
    const fs::path whole = folder / (by_reference ? "v.h5" : "m.h5");
    MergeOptions options;
    options.virtual_datasets = by_reference;
    merge_shards(shards, whole, options);
    const auto expected = contents(whole);
    std::uint64_t round = 0;
    const std::uint64_t failed = fail_each_allocation(
        false,
        [&] {
          fs::remove(out);
          fs::remove(part);
          merge_shards(shards, out, options);
        },
        [&] {
          if (!fs::exists(out) && ++round % kLookedAt != 0) return;
          CHECK(wrong_done_row(part, whole) == "");
          if (!fs::exists(out)) merge_shards(shards, out, options);
          CHECK(contents(out) == expected);
          CHECK_FALSE(fs::exists(part));
        });
    tell(failed, by_reference ? "a merge by reference" : "a merge");
    CHECK(failed > 200);
  }
}

TEST_CASE("a conversion survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const TemporaryFolder folder;
  const fs::path from = data_path("checkpoints/tiny_zip.pth");
  const auto convert = [&](const fs::path& to) {
    fs::remove(to);
    const weights::Checkpoint checkpoint(from);
    weights::convert_checkpoint(checkpoint, from, to, std::nullopt, [](const std::string&) {});
  };
  convert(folder / "whole");
  const std::string expected = read_text(folder / "whole");
  const fs::path out = folder / "out";
  std::uint64_t round = 0;
  const std::uint64_t failed = fail_each_allocation(
      false, [&] { convert(out); },
      [&] {
        if (!fs::exists(out) && ++round % kLookedAt == 0) convert(out);
        if (fs::exists(out)) CHECK(read_text(out) == expected);
        CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) ==
              (fs::exists(out) ? 2 : 1));
      });
  tell(failed, "a conversion");
  CHECK(failed > 200);
}

TEST_CASE("a selection survives the failure of any of its allocations") {
  const Watchdog watchdog;
  const TemporaryFolder folder;
  const Model model(visual_model());
  const std::size_t vertices = model.info().vertices;
  std::string mask(vertices, '\0');
  mask[5] = mask[vertices - 1] = '\1';
  write_text(folder / "mask.npy", make_npy_header("|u1", {vertices}) + mask);
  const std::string matrix(4 * 3 * 2, '\x40');  // three outputs of the two vertices
  write_text(folder / "matrix.npy", make_npy_header("<f4", {3, 2}) + matrix);
  RequestSpec spec;
  spec.subjects = "NSD-03";
  spec.roi = {"L_V1,R_MT", "V2"};
  spec.groups = "2-3,5";
  spec.vertex_mask_path = folder / "mask.npy";
  RequestSpec reduced;
  reduced.vertex_mask_path = folder / "mask.npy";
  reduced.reduce = folder / "matrix.npy";
  RequestSpec means;
  means.reduce = "roi-mean";
  const auto resolve_all = [&] {
    std::vector<Request> requests;
    for (const RequestSpec* flags : {&spec, &reduced, &means}) {
      requests.push_back(resolve_request(model.info(), *flags));
    }
    return requests;
  };
  const std::vector<Request> expected = resolve_all();
  const std::uint64_t failed = fail_each_allocation(
      false, [&] { resolve_all(); },
      [&] {
        const std::vector<Request> again = resolve_all();
        for (std::size_t k = 0; k < again.size(); ++k) {
          CHECK((again[k].rows == expected[k].rows && again[k].columns == expected[k].columns));
        }
      });
  tell(failed, "three selections");
  CHECK(failed > 20);
}

TEST_CASE("the C functions survive the failure of any of their allocations") {
  const Watchdog watchdog;
  const std::vector<Picture> photographs = pictures(3);
  const std::vector<corticast_image> images = images_of(photographs);
  corticast_options options = small_options();
  options.roi = nullptr;
  const EncoderHandle lasting = encoder(plain_model(), options);
  const Arrays expected = encode(lasting, images);
  Arrays arrays = expected;
  const std::vector<float*> firsts = pointers(arrays);
  // A failure must say what it is; then it counts as the exception that the sweep expects.
  const auto answered = [](corticast_status status) {
    if (status == CORTICAST_OK) return;
    if (status != CORTICAST_DEVICE) throw std::runtime_error(corticast_last_error());
    if (std::string_view(corticast_last_error()).empty()) throw std::runtime_error("no words");
    throw std::bad_alloc();
  };
  const std::uint64_t made = fail_each_allocation(
      false,
      [&] {
        corticast_model* model = nullptr;
        const corticast_status opened = corticast_model_open(plain_model().c_str(), &model);
        const ModelHandle owner(model);
        answered(opened);
        corticast_encoder* handle = nullptr;
        const corticast_status created = corticast_encoder_create(model, &options, &handle);
        const EncoderHandle encoder_owner(handle);
        answered(created);
      },
      [] {});
  tell(made, "opening a model and making an encoder in C");
  CHECK(made > 100);
  CHECK(same(encode(encoder(plain_model(), options), images), expected));
  const std::uint64_t failed = fail_each_allocation(
      false,
      [&] {
        answered(
            corticast_encode_images(lasting.get(), images.data(), images.size(), firsts.data()));
        if (!same(arrays, expected)) throw std::runtime_error("other responses");
      },
      [&] {
        answered(
            corticast_encode_images(lasting.get(), images.data(), images.size(), firsts.data()));
        CHECK(same(arrays, expected));
      });
  tell(failed, "encoding three images in C");
  CHECK(failed > 2);
}

TEST_CASE("a program out of memory says so without memory") {
  struct Screen : std::streambuf {
    Screen() { setp(text, text + sizeof text - 1); }
    char text[500] = {};
  } screen;
  std::streambuf* const usual = std::cerr.rdbuf(&screen);
  const std::string speaker = "corticast";
  const cli::Body too_much = []() -> int { throw std::bad_alloc(); };
  const cli::Body wrong = []() -> int {
    throw Error(ErrorCode::kOutput, "a message that takes more than a few bytes", "And a remedy.");
  };
  int codes[2] = {};
  bool asked = false;
  {
    const FailingMemory memory(Memory::kOurs, 1, true);
    codes[0] = cli::run_reporting(speaker, too_much);
    codes[1] = cli::run_reporting(speaker, wrong);
    asked = memory.hit();
  }
  std::cerr.rdbuf(usual);
  CHECK(asked);
  CHECK(codes[0] == 6);
  CHECK(codes[1] == 6);
  const std::string words = "corticast: out of memory\n  Use a smaller --batch or select fewer ";
  CHECK_THAT(screen.text, contains(words));
}
