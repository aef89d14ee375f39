#include <random>

#include "engine/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"
#include "weights_tool/checkpoint/checkpoint.h"
#include "weights_tool/checkpoint/pickle_machine.h"
#include "weights_tool/checkpoint/pickle_scan.h"
#include "weights_tool/checkpoint/zip_reader.h"

using namespace corticast::test;

namespace {

std::string random_damage(std::string bytes, std::mt19937& generator, std::size_t first,
                          std::size_t count) {
  const unsigned flips = 1 + generator() % 4;
  for (unsigned i = 0; i < flips; ++i) {
    bytes[first + generator() % count] = static_cast<char>(generator() % 256);
  }
  return bytes;
}

}  // namespace

TEST_CASE("Random damage to a pickle never does worse than an error") {
  const std::string file = read_text(data_path("checkpoints/tiny_zip.pth"));
  const corticast::weights::ZipArchive archive(corticast::as_byte_span(file), "tiny_zip.pth");
  const corticast::weights::ZipEntry* entry = archive.find("tiny_zip/data.pkl");
  REQUIRE(entry != nullptr);
  const std::string pickle(corticast::as_text(entry->data));
  std::mt19937 generator(8);
  int refused = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string damaged = random_damage(pickle, generator, 0, pickle.size());
    const corticast::ByteSpan bytes = corticast::as_byte_span(damaged);
    (void)corticast::weights::scan_pickle(bytes, "damaged", 0);
    try {
      (void)corticast::weights::run_pickle(bytes, "damaged", 0);
    } catch (const corticast::Error& error) {
      REQUIRE(error.exit_code() == 3);
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(refused < 5000);  // some damage only changes a name: the generator reaches past the head
}

TEST_CASE("Random damage to whole files never does worse than an error") {
  const std::string zip_file = read_text(data_path("checkpoints/tiny_v2layout_zip.pth"));
  const std::string legacy_file = read_text(data_path("checkpoints/tiny_strided_legacy.pth"));
  std::mt19937 generator(9);
  for (int i = 0; i < 400; ++i) {
    // The directory of the zip file is its last 6,000 bytes; its pickle the first 7,500.
    const std::size_t tail = zip_file.size() - 6000;
    for (const std::string& result : {verdict(random_damage(zip_file, generator, tail, 6000)),
                                      verdict(random_damage(zip_file, generator, 0, 7500)),
                                      verdict(random_damage(legacy_file, generator, 0, 7000))}) {
      if (!result.empty()) REQUIRE(result.substr(0, 3) == "3: ");
    }
  }
}
