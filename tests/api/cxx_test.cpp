// The C++17 face. Nothing of the engine is included here: its classes have the same names.
#include "engine/api/corticast.hpp"

#include "tests/api/support.h"
#include "tests/support/catch.h"

using corticast::test::contains;
using corticast::test::visual_model;

namespace {

corticast::Options small_cxx_options() {
  corticast::Options options;
  options.roi = "MT";
  options.device = "cpu";
  options.batch = 2;
  return options;
}

}  // namespace

TEST_CASE("the C++ face owns, converts and throws") {
  static_assert(!std::is_copy_constructible_v<corticast::Encoder>);
  static_assert(std::is_nothrow_move_constructible_v<corticast::Encoder>);
  std::optional<corticast::Model> model(visual_model());
  CHECK(model->vertices() == 7831);
  CHECK(model->subjects() == std::vector<std::string>{"NSD-01", "NSD-03"});
  CHECK(model->untrained());
  CHECK(model->multihead());
  CHECK(model->channels() == 8);
  CHECK(model->vertex_set() == "visual");
  CHECK(model->hash().size() == 64);
  CHECK(model->grayordinates()[0] == 4);

  corticast::Encoder first(*model, small_cxx_options());
  model.reset();  // encoders keep what they need
  corticast::Encoder encoder = std::move(first);
  CHECK(encoder.targets() == 2);
  CHECK(encoder.batch() == 2);
  CHECK(encoder.target_name(1) == "NSD-03");
  CHECK(encoder.target_subject(1) == "sub-03");
  CHECK(encoder.target_dataset(1) == "NaturalScenesDataset");
  CHECK(encoder.column_name(0) == "L_MT");
  CHECK(encoder.groups()[0] == 5);
  CHECK_THAT(encoder.device(), contains("cpu ("));

  const corticast::test::Picture picture(50, 40, 1);
  const corticast::Image packed = corticast::packed(picture.rgb.data(), 50, 40);
  std::vector<std::uint8_t> planes(picture.rgb.size());
  for (std::size_t i = 0; i < planes.size(); ++i) planes[i % 3 * 2000 + i / 3] = picture.rgb[i];
  const auto responses = encoder.encode({packed, corticast::planes(planes.data(), 50, 40)});
  REQUIRE(responses.size() == 2);
  const std::size_t columns = encoder.columns();
  REQUIRE(responses[1].size() == 2 * columns);
  CHECK(std::equal(responses[1].begin(),
                   responses[1].begin() + static_cast<std::ptrdiff_t>(columns),
                   responses[1].begin() + static_cast<std::ptrdiff_t>(columns)));
  CHECK(corticast::preprocess(packed).size() == 224 * 224 * 3);
  CHECK(encoder.encode({}).size() == 2);

  try {
    encoder.encode({corticast::packed(nullptr, 1, 1)});
    FAIL("no error");
  } catch (const corticast::Error& error) {
    CHECK(error.code() == CORTICAST_IMAGE);
    CHECK_THAT(error.what(), contains("image 0"));
  }
  corticast::Options wrong = small_cxx_options();
  wrong.roi = "MX";
  try {
    const corticast::Encoder none(corticast::Model(visual_model()), wrong);
    FAIL("no error");
  } catch (const corticast::Error& error) {
    CHECK(error.code() == CORTICAST_USAGE);
    CHECK_THAT(error.hint(), contains("Did you mean"));
  }
  CHECK_THROWS_AS(corticast::Model("/nowhere"), corticast::Error);
}

TEST_CASE("what a C++ callback throws comes out of the call that was made") {
  struct Mine {};
  const corticast::test::Picture picture(30, 30, 1);
  const std::vector<corticast::Image> images(20, picture.image());
  const corticast::Model model(visual_model());
  int calls = 0;
  corticast::Options options = small_cxx_options();
  options.progress = [&](std::size_t done, std::size_t) {
    if (++calls == 1) throw Mine{};
    return calls > 10 || done < 4;
  };
  corticast::Encoder encoder(model, options);
  CHECK_THROWS_AS(encoder.encode(images), Mine);
  CHECK(calls == 1);
  try {
    encoder.encode(images);
    FAIL("no error");
  } catch (const corticast::Error& error) {
    CHECK(error.code() == CORTICAST_STOPPED);
  }
  calls = 10;
  CHECK(encoder.encode(images)[0].size() == 20 * encoder.columns());

  options.progress = nullptr;
  options.log = [](const std::string&) { throw Mine{}; };
  CHECK_THROWS_AS(corticast::Encoder(model, options), Mine);
}
