// What the C functions refuse, and how they say so.
#include <cstring>
#include <limits>
#include <thread>

#include "tests/api/support.h"
#include "tests/support/catch.h"

using namespace corticast::test;

namespace {

// Status of making an encoder of the visual model; nothing is made on failure.
corticast_status create(const corticast_options& options) {
  const ModelHandle model = open(visual_model());
  auto* made = reinterpret_cast<corticast_encoder*>(1);
  const corticast_status status = corticast_encoder_create(model.get(), &options, &made);
  if (status != CORTICAST_OK) CHECK(made == nullptr);
  corticast_encoder_destroy(made);
  return status;
}

template <typename Change>
corticast_status create_with(const Change& change) {
  corticast_options options = small_options();
  change(options);
  return create(options);
}

}  // namespace

TEST_CASE("NULL is an error where it is not said to be fine") {
  corticast_model* model = nullptr;
  CHECK(corticast_model_open(nullptr, &model) == CORTICAST_USAGE);
  CHECK(corticast_last_error() == std::string("path is NULL"));
  CHECK(corticast_model_open("x", nullptr) == CORTICAST_USAGE);
  corticast_model_info info{};
  info.struct_size = sizeof info;
  CHECK(corticast_model_get_info(nullptr, &info) == CORTICAST_USAGE);
  CHECK(corticast_model_subject(nullptr, 0) == nullptr);
  corticast_encoder* made = nullptr;
  CHECK(corticast_encoder_create(nullptr, nullptr, &made) == CORTICAST_USAGE);
  const ModelHandle opened = open(visual_model());
  CHECK(corticast_model_get_info(opened.get(), nullptr) == CORTICAST_USAGE);
  CHECK(corticast_encoder_create(opened.get(), nullptr, nullptr) == CORTICAST_USAGE);
  corticast_layout layout{};
  CHECK(corticast_encoder_get_layout(nullptr, &layout) == CORTICAST_USAGE);
  CHECK(corticast_encoder_target_name(nullptr, 0) == nullptr);
  CHECK(corticast_encoder_target_dataset(nullptr, 0) == nullptr);
  CHECK(corticast_encoder_target_subject(nullptr, 0) == nullptr);
  CHECK(corticast_encoder_column_name(nullptr, 0) == nullptr);
  CHECK(corticast_encode_images(nullptr, nullptr, 0, nullptr) == CORTICAST_USAGE);
  CHECK(corticast_encode_normalised(nullptr, nullptr, 0, nullptr) == CORTICAST_USAGE);
  CHECK(corticast_preprocess(nullptr, nullptr) == CORTICAST_USAGE);
  const Picture picture(5, 5, 0);
  const corticast_image image = picture.image();
  CHECK(corticast_preprocess(&image, nullptr) == CORTICAST_USAGE);
  corticast_options_init(nullptr, sizeof(corticast_options));
  corticast_model_close(nullptr);
  corticast_encoder_destroy(nullptr);

  const EncoderHandle handle = encoder(visual_model(), small_options());
  CHECK(corticast_encoder_get_layout(handle.get(), nullptr) == CORTICAST_USAGE);
  float* nowhere[2] = {nullptr, nullptr};
  CHECK(corticast_encode_images(handle.get(), nullptr, 1, nowhere) == CORTICAST_USAGE);
  CHECK(corticast_encode_images(handle.get(), &image, 1, nullptr) == CORTICAST_USAGE);
  CHECK(corticast_encode_images(handle.get(), &image, 1, nowhere) == CORTICAST_USAGE);
  CHECK(corticast_last_error() == std::string("responses[0] is NULL"));
  CHECK(corticast_encode_normalised(handle.get(), nullptr, 0, nullptr) == CORTICAST_USAGE);
  CHECK_THAT(corticast_last_hint(), contains("corticast_encode_images"));
}

TEST_CASE("structures are read and written as far as the caller knows them") {
  const ModelHandle model = open(visual_model());
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{1} << 40}) {
    corticast_model_info info{};
    info.struct_size = size;
    CHECK(corticast_model_get_info(model.get(), &info) == CORTICAST_USAGE);
    CHECK_THAT(corticast_last_hint(), contains("sizeof(corticast_model_info)"));
    CHECK(info.model_id == nullptr);
    CHECK(create_with([&](corticast_options& o) { o.struct_size = size; }) == CORTICAST_USAGE);
  }

  // An older program: its structure ends before the subjects.
  corticast_model_info old{};
  old.struct_size = offsetof(corticast_model_info, subjects);
  old.subjects = 77;
  REQUIRE(corticast_model_get_info(model.get(), &old) == CORTICAST_OK);
  CHECK(old.struct_size == offsetof(corticast_model_info, subjects));
  CHECK(old.vertices == 7831);
  CHECK(old.untrained == 1);
  CHECK(old.vertex_set == std::string("visual"));
  CHECK(old.subjects == 77);
  old.struct_size = sizeof old;
  REQUIRE(corticast_model_get_info(model.get(), &old) == CORTICAST_OK);
  CHECK(old.subjects == 2);
  CHECK(corticast_model_subject(model.get(), 1) == std::string("NSD-03"));
  CHECK(corticast_model_subject(model.get(), 2) == nullptr);

  // Its options end before the precision: what is there is not read.
  corticast_options options = small_options();
  options.struct_size = offsetof(corticast_options, precision);
  options.precision = "none of its business";
  CHECK(create(options) == CORTICAST_OK);
  std::memset(&options, 0x55, sizeof options);
  corticast_options_init(&options, offsetof(corticast_options, precision));
  CHECK(options.device == nullptr);
  CHECK(options.precision != nullptr);
  CHECK(options.struct_size == offsetof(corticast_options, precision));

  // A newer program: fine as long as it asks for nothing that this library does not know.
  struct {
    corticast_options known;
    const char* wish;
  } newer = {small_options(), nullptr};
  newer.known.struct_size = sizeof newer;
  CHECK(create(newer.known) == CORTICAST_OK);
  newer.wish = "x";
  CHECK(create(newer.known) == CORTICAST_USAGE);
  CHECK_THAT(corticast_last_error(), contains(corticast_version()));
}

TEST_CASE("words that mean nothing are refused with what was meant") {
  CHECK(create_with([](auto& o) { o.roi = "V11"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.roi = ""; }) == CORTICAST_USAGE);
  CHECK(corticast_last_error() == std::string("options: roi is empty"));
  CHECK(create_with([](auto& o) { o.subjects = "NSD-02"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.groups = "6"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.reduce = "mean"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.device = "tpu"; }) == CORTICAST_DEVICE);
  CHECK(create_with([](auto& o) { o.device = "check:cpu,cpu"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.precision = "fp8"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.precision = "fp16"; }) == CORTICAST_DEVICE);
  CHECK(create_with([](auto& o) { o.readout = "fast"; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.input = 2; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.threads = 5000; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.batch = 65537; }) == CORTICAST_USAGE);
  CHECK(create_with([](auto& o) { o.vertex_count = 1; }) == CORTICAST_USAGE);
  const std::uint32_t beyond = 7831;
  CHECK(create_with([&](auto& o) { o.vertices = &beyond, o.vertex_count = 1; }) == CORTICAST_USAGE);
  CHECK(corticast_last_error() ==
        std::string("vertex 7,831 does not exist, this model has 7,831, counted from 0"));

  corticast_model* model = nullptr;
  CHECK(corticast_model_open("/nowhere/at all", &model) == CORTICAST_MODEL);
  CHECK(model == nullptr);
  CHECK_THAT(corticast_last_error(), contains("/nowhere/at all"));
}

TEST_CASE("memory that there is not is an error, for every batch that may be asked for") {
  corticast_options options = small_options();
  options.roi = nullptr;
  options.expand = 1;  // 91,282 columns: some 200 GB
  options.batch = 65536;
  const corticast_status status = create(options);
  if (status != CORTICAST_OK) {
    CHECK(status == CORTICAST_DEVICE);
    CHECK_THAT(corticast_last_error(), contains("memory"));
    CHECK_THAT(corticast_last_hint(), contains("smaller batch"));
  }
}

TEST_CASE("a bad image stops a call before anything is computed") {
  const std::vector<Picture> some = pictures(6);
  const std::vector<corticast_image> good = images_of(some);
  const EncoderHandle handle = encoder(visual_model(), small_options());
  const Arrays expected = encode(handle, good);
  const auto refused = [&](const auto& spoil) {
    std::vector<corticast_image> images = good;
    spoil(images[4]);
    Arrays arrays = arrays_for(handle, 6);
    const Arrays before = arrays;
    CHECK(corticast_encode_images(handle.get(), images.data(), 6, pointers(arrays).data()) ==
          CORTICAST_IMAGE);
    CHECK_THAT(corticast_last_error(), contains("image 4: "));
    CHECK(same(arrays, before));
  };
  refused([](corticast_image& image) { image.data = nullptr; });
  refused([](corticast_image& image) { image.width = 0; });
  refused([](corticast_image& image) { image.height = 32769; });
  refused([](corticast_image& image) { image.width = image.height = 10001; });
  CHECK(same(encode(handle, good), expected));
}

TEST_CASE("each thread has its own last error, which a success leaves alone") {
  corticast_model* model = nullptr;
  CHECK(corticast_model_open("/nowhere/one", &model) == CORTICAST_MODEL);
  const std::string mine = corticast_last_error();
  std::string before;
  std::string after;
  std::thread([&] {
    before = corticast_last_error();
    corticast_model* other = nullptr;
    corticast_model_open("/nowhere/two", &other);
    after = corticast_last_error();
  }).join();
  CHECK(before.empty());
  CHECK_THAT(after, contains("/nowhere/two"));
  open(visual_model());
  CHECK(corticast_last_error() == mine);

  // Cut, at the end of a character.
  std::string longer = "/";
  while (longer.size() < 6000) longer += "\xC3\xA4";
  CHECK(corticast_model_open(longer.c_str(), &model) == CORTICAST_MODEL);
  const std::string text = corticast_last_error();
  CHECK(text.size() >= 4094);
  CHECK(text.size() < 4096);
  CHECK(text.back() == '\xA4');
}
