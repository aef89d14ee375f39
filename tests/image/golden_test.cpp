// Every byte up to the network's input, against what MOSAIC's Python stack made of the same files.
#include <fstream>
#include <nlohmann/json.hpp>

#include "engine/base/digest.h"
#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/image/preprocess.h"
#include "engine/image/source.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"

using namespace corticast;
using namespace corticast::test;

namespace {

constexpr std::size_t kOutput = std::size_t{3} * kNetworkSide * kNetworkSide;

Image decode_file(const std::string& relative) {
  return decode_image(read_file(data_path(relative), kMaxFileBytes, ErrorCode::kImage));
}

std::string hash_of(const std::vector<std::uint8_t>& bytes) {
  return sha256_hex(std::as_bytes(std::span(bytes)));
}

}  // namespace

TEST_CASE("every golden image decodes and resizes to the reference bytes") {
  std::ifstream stream(data_path("goldens/images.json"));
  const nlohmann::json images = nlohmann::json::parse(stream);
  REQUIRE(images.size() == 19);
  for (const auto& [name, facts] : images.items()) {
    INFO(name);
    const Image image = decode_file("images/" + name);
    CHECK(image.width == facts.at("width").get<std::uint32_t>());
    CHECK(image.height == facts.at("height").get<std::uint32_t>());
    CHECK(hash_of(image.rgb) == facts.at("sha256_rgb_hwc").get<std::string>());
    std::vector<std::uint8_t> out(kOutput);
    crop_resize(image.rgb.data(), image.width, image.height, out.data());
    CHECK(hash_of(out) == facts.at("sha256_u8_224_hwc").get<std::string>());
  }
}

TEST_CASE("JPEGs decode to the same pixels as the reference's copies in PNG") {
  const std::string stem =
      GENERATE("astro_122x91_ycck", "astro_240x321_exif6_422", "astro_301x466_prog444",
               "rocket_151x203_440_restart", "rocket_280x207_cmyk", "rocket_293x198_420opt",
               "rocket_400x267_420");
  CHECK(decode_file("images/" + stem + ".jpg").rgb == decode_file("decoded/" + stem + ".png").rgb);
}

TEST_CASE("loading through a source gives the golden pixels of images and of arrays") {
  auto goldens = load_npz(data_path("goldens/preprocessed.npz"));
  const std::vector<std::string> names = text_items(goldens.at("names"));
  InputSpec spec;
  for (const std::string& name : names) {
    spec.arguments.push_back(data_path("images/" + name).string());
  }
  const ImageSource images(spec);
  REQUIRE(images.size() == names.size());
  std::vector<std::uint8_t> out(kOutput);
  for (std::size_t k = 0; k < names.size(); ++k) {
    INFO(names[k]);
    images.load(k, out.data());
    CHECK(std::equal(out.begin(), out.end(), goldens.at("u8").as<std::uint8_t>() + k * kOutput));
  }
  std::size_t arrays = 0;
  for (const auto& [key, golden] : goldens) {
    if (!key.starts_with("array_")) continue;
    INFO(key);
    ++arrays;
    const std::string path = data_path("images/" + key + ".npy").string();
    const ImageSource rows(InputSpec{{path}, false});
    REQUIRE(rows.size() == golden.shape[0]);
    for (std::size_t k = 0; k < rows.size(); ++k) {
      CHECK(rows.name(k) == path + "#" + std::to_string(k));
      rows.load(k, out.data());
      CHECK(std::equal(out.begin(), out.end(), golden.as<std::uint8_t>() + k * kOutput));
    }
  }
  CHECK(arrays == 2);
}

TEST_CASE("the normalisation table is the reference's, bit for bit") {
  const auto table = normalisation_table();
  CHECK(sha256_hex(std::as_bytes(table)) ==
        "1d8b9af12b7b391827f7c801265239e21435c7e29b4d78c6189a35e437633897");
  const auto goldens = load_npz(data_path("goldens/normalize_lut.npz"));
  const Array& lut = goldens.at("lut");
  REQUIRE(lut.items() == table.size());
  CHECK(std::equal(table.begin(), table.end(), lut.as<float>()));
}

TEST_CASE("the decoders are named with their versions") {
  CHECK_THAT(decoder_versions(), contains("libjpeg") && contains("libpng 1.6") && contains("stb"));
}
