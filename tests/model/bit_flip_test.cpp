// A changed bit is never a changed result: it is an error, wherever it lies.
#include <fstream>
#include <set>

#include "engine/base/error.h"
#include "engine/model/integrity.h"
#include "tests/model/broken_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

// Opens the file and reads every weight. True if all of it worked.
bool usable(const std::filesystem::path& path) {
  try {
    const Model model(path);
    model.verified_core();
    for (std::size_t r = 0; r < model.info().readouts(); ++r) {
      model.verified_readout(r, all_rows(model.info()));
    }
    return true;
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kModel);
    return false;
  }
}

bool verifies(const std::filesystem::path& path) {
  try {
    return check_integrity(ModelFile(path), [](const BlockTensor&, const TensorDamage&) {})
        .intact();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kModel);
    return false;
  }
}

// Positions in the file that hold zero padding: what follows a checksum tensor's first 8 bytes,
// where every tensor has at most 16 rows and so one checksum.
std::set<std::size_t> padding_of_one_block_file(const std::string& file) {
  const Parts parts = good_parts();
  const std::size_t data = file.size() - parts.data.size();
  std::set<std::size_t> padding;
  for (const auto& [name, entry] : parts.header.items()) {
    if (name.rfind("checksum.", 0) != 0) continue;
    const auto end = entry["data_offsets"][1].get<std::size_t>();
    for (std::size_t at = parts.begin(name) + 8; at < end; ++at) padding.insert(data + at);
  }
  return padding;
}

}  // namespace

TEST_CASE("no flipped bit goes unnoticed, whichever byte it is in") {
  const TemporaryFolder folder;
  const std::string good = good_file();
  const std::set<std::size_t> padding = padding_of_one_block_file(good);
  CHECK(padding.size() > 100);
  write_text(folder / "m", good);
  REQUIRE(usable(folder / "m"));
  REQUIRE(verifies(folder / "m"));

  std::fstream stream(folder / "m", std::ios::in | std::ios::out | std::ios::binary);
  const auto put = [&](std::size_t at, char byte) {
    stream.seekp(static_cast<std::streamoff>(at));
    stream.put(byte);
    stream.flush();
  };
  const std::size_t data = good.size() - good_parts().data.size();
  for (std::size_t at = 0; at < good.size(); ++at) {
    // Every byte of the header and of the padding; of the rest a sample, to save time.
    if (at >= data && at % 7 != 0 && padding.count(at) == 0) continue;
    put(at, static_cast<char>(good[at] ^ (1 << (at * 5 % 8))));
    const bool is_padding = padding.count(at) != 0;
    const bool seen_by_reader = !usable(folder / "m");
    if (seen_by_reader == is_padding) {
      FAIL_CHECK("byte " << at << " of " << good.size() << ", reader: " << seen_by_reader);
    }
    // Verification alone sees the padding; it must see the rest, too: a smaller sample.
    if ((is_padding || at % 13 == 0) && verifies(folder / "m")) {
      FAIL_CHECK("byte " << at << " of " << good.size() << ", verification");
    }
    put(at, good[at]);
  }
  CHECK(read_text(folder / "m") == good);
}

TEST_CASE("weights exchanged together with their checksums change the model hash") {
  const TemporaryFolder folder;
  Parts parts = good_parts();
  parts.data[parts.begin("core.block1.bias")] = 1;
  reseal(parts, "core.block1.bias");
  write_text(folder / "m", assemble(parts));
  CHECK(usable(folder / "m"));
  const Integrity found = check_integrity(
      ModelFile(folder / "m"),
      [](const BlockTensor&, const TensorDamage& damage) { CHECK_FALSE(damage.any()); });
  CHECK(found.tensors);
  CHECK_FALSE(found.model_hash);
}

TEST_CASE("verification says how much of a tensor is damaged and where") {
  const TemporaryFolder folder;
  write_model(folder / "m", small_facts(1, 50, false));
  std::string bytes = read_text(folder / "m");
  const ModelFile good(folder / "m");
  const std::size_t begin = good.tensor("readout.sub-02_THINGS.spatial").tensor().begin;
  for (const std::size_t row : {20u, 31u, 49u}) bytes[begin + row * 676 * 4] ^= 1;
  write_text(folder / "m", bytes);
  std::size_t damaged = 0;
  check_integrity(ModelFile(folder / "m"), [&](const BlockTensor& tensor, const TensorDamage& d) {
    if (!d.any()) return;
    ++damaged;
    CHECK(tensor.tensor().name == "readout.sub-02_THINGS.spatial");
    CHECK(d.blocks == 2);
    CHECK(d.first_row == 16);
    CHECK_FALSE(d.padding);
  });
  CHECK(damaged == 1);
}
