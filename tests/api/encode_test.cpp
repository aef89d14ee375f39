// What the C functions give, against the engine's own parts.
#include <cmath>
#include <cstring>
#include <limits>
#include <thread>

#include "engine/atlas/resolve.h"
#include "engine/backend/backend.h"
#include "engine/image/preprocess.h"
#include "tests/api/support.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::vector<std::uint8_t> network_input(const Picture& picture) {
  std::vector<std::uint8_t> pixels(kImageBytes);
  crop_resize(picture.rgb.data(), picture.width, picture.height, pixels.data());
  return pixels;
}

// One image at a time through a program of the CPU backend.
Arrays computed(const std::string& path, const RequestSpec& spec,
                const std::vector<Picture>& pictures) {
  const Model model(path);
  const Request request = resolve_request(model.info(), spec);
  const auto backend = open_backend({"cpu", 1});
  const auto program = backend->compile(model, request, 1, Precision::kFp32);
  Arrays arrays(request.targets.size());
  for (const Picture& picture : pictures) {
    const std::vector<std::uint8_t> pixels = network_input(picture);
    std::memcpy(program->input(0), pixels.data(), kImageBytes);
    program->submit(0, 1);
    const Responses responses = program->wait(0);
    for (std::size_t t = 0; t < arrays.size(); ++t) {
      arrays[t].insert(arrays[t].end(), responses.targets[t],
                       responses.targets[t] + responses.columns);
    }
  }
  return arrays;
}

RequestSpec small_spec() {
  RequestSpec spec;
  spec.roi = {"MT"};
  return spec;
}

Arrays rows(const Arrays& arrays, std::size_t n, std::size_t of) {
  Arrays first = arrays;
  for (std::vector<float>& array : first) array.resize(array.size() / of * n);
  return first;
}

std::vector<float> normalised(const std::vector<Picture>& pictures) {
  std::vector<float> values(pictures.size() * kImageValues);
  const auto table = normalisation_table();
  for (std::size_t k = 0; k < pictures.size(); ++k) {
    const std::vector<std::uint8_t> pixels = network_input(pictures[k]);
    for (std::size_t p = 0; p < kImageValues / 3; ++p) {
      for (std::size_t c = 0; c < 3; ++c) {
        values[k * kImageValues + c * (kImageValues / 3) + p] = table[c * 256 + pixels[3 * p + c]];
      }
    }
  }
  return values;
}

}  // namespace

TEST_CASE("any number of images gives the bits that the backend gives each of them") {
  const std::vector<Picture> some = pictures(9);
  const std::vector<corticast_image> images = images_of(some);
  const Arrays expected = computed(visual_model(), small_spec(), some);
  const EncoderHandle handle = encoder(visual_model(), small_options());
  REQUIRE(layout_of(handle).batch == 4);
  for (const std::size_t n : {9, 5, 4, 3, 1}) {
    const std::vector<corticast_image> first(images.begin(), images.begin() + n);
    INFO(n << " images");
    CHECK(same(encode(handle, first), rows(expected, n, 9)));
  }
  CHECK(corticast_encode_images(handle.get(), nullptr, 0, nullptr) == CORTICAST_OK);

  corticast_options options = small_options();
  options.batch = 0;
  options.threads = 1;
  options.input = CORTICAST_NORMALISED;
  const EncoderHandle takes_floats = encoder(visual_model(), options);
  Arrays arrays = arrays_for(takes_floats, 9);
  std::vector<float> input = normalised(some);
  REQUIRE(corticast_encode_normalised(takes_floats.get(), input.data(), 9,
                                      pointers(arrays).data()) == CORTICAST_OK);
  CHECK(same(arrays, expected));

  // One image that is no number: its row is none, its neighbours are as they were.
  input[2 * kImageValues + 5] = std::numeric_limits<float>::infinity();
  REQUIRE(corticast_encode_normalised(takes_floats.get(), input.data(), 9,
                                      pointers(arrays).data()) == CORTICAST_OK);
  const std::size_t columns = layout_of(takes_floats).columns;
  for (std::size_t i = 0; i < 9 * columns; ++i) {
    const bool spoilt = i / columns == 2;
    REQUIRE((spoilt ? !std::isfinite(arrays[1][i]) : arrays[1][i] == expected[1][i]));
  }
}

TEST_CASE("strides say where samples are, and only pixels of the central square are read") {
  const Picture picture(301, 255, 1);
  std::vector<std::uint8_t> expected(kImageBytes);
  const corticast_image packed = picture.image();
  REQUIRE(corticast_preprocess(&packed, expected.data()) == CORTICAST_OK);
  CHECK(expected == network_input(picture));

  // The same picture in another order, each sample of its own array of the exact size.
  const auto laid_out = [&](std::ptrdiff_t row, std::ptrdiff_t pixel, std::ptrdiff_t channel) {
    const std::ptrdiff_t last_row = row * 254;
    const std::ptrdiff_t last_pixel = pixel * 300;
    const std::ptrdiff_t last_channel = channel * 2;
    std::ptrdiff_t lowest = 0;
    std::ptrdiff_t highest = 0;
    for (const std::ptrdiff_t last : {last_row, last_pixel, last_channel}) {
      (last < 0 ? lowest : highest) += last;
    }
    std::vector<std::uint8_t> memory(static_cast<std::size_t>(highest - lowest + 1));
    std::uint8_t* const first = memory.data() - lowest;
    for (std::ptrdiff_t y = 0; y < 255; ++y) {
      for (std::ptrdiff_t x = 0; x < 301; ++x) {
        for (std::ptrdiff_t c = 0; c < 3; ++c) {
          first[y * row + x * pixel + c * channel] =
              picture.rgb[static_cast<std::size_t>((y * 301 + x) * 3 + c)];
        }
      }
    }
    const corticast_image image = {first, 301, 255, row, pixel, channel};
    std::vector<std::uint8_t> pixels(kImageBytes);
    REQUIRE(corticast_preprocess(&image, pixels.data()) == CORTICAST_OK);
    return pixels == expected;
  };
  CHECK(laid_out(301, 1, 301 * 255));  // planes
  CHECK(laid_out(-301 * 3, 3, 1));     // from the bottom
  CHECK(laid_out(903, 3, -1));         // BGR
  CHECK(laid_out(-1216, -4, -1));      // ABGR, mirrored, padded
  CHECK(laid_out(1, 255, 301 * 255));  // columns
  CHECK(laid_out(301 * 10, 10, 301 * 10 * 255));

  // 224 pixels high: no resize. A grey image is one with a channel stride of 0.
  const Picture plain(260, 224, 2);
  corticast_image grey = plain.image();
  std::vector<std::uint8_t> pixels(kImageBytes);
  grey.channel_stride = 0;
  REQUIRE(corticast_preprocess(&grey, pixels.data()) == CORTICAST_OK);
  bool equal = true;
  for (std::size_t p = 0; p < kImageValues / 3; ++p) {
    const std::uint8_t sample = plain.rgb[(p / 224 * 260 + 18 + p % 224) * 3];
    for (std::size_t c = 0; c < 3; ++c) equal = equal && pixels[3 * p + c] == sample;
  }
  CHECK(equal);
}

TEST_CASE("selections, expansion and reductions are those of the command line") {
  const std::vector<Picture> one = pictures(1);
  const Model model(visual_model());
  RequestSpec spec;
  spec.subjects = "NSD-03";
  spec.groups = "5";
  spec.vertices = {7830, 2, 2};
  corticast_options options = small_options();
  const std::uint32_t vertices[] = {2, 7830, 2};
  options.subjects = "NSD-03";
  options.roi = nullptr;
  options.groups = "5";
  options.vertices = vertices;
  options.vertex_count = 3;
  for (const bool expand : {false, true}) {
    spec.expand = expand;
    options.expand = expand;
    const Request request = resolve_request(model.info(), spec);
    const EncoderHandle handle = encoder(visual_model(), options);
    CHECK(same(encode(handle, images_of(one)), computed(visual_model(), spec, one)));
    const corticast_layout layout = layout_of(handle);
    CHECK(layout.targets == 1);
    REQUIRE(layout.columns == request.columns);
    CHECK(std::equal(layout.grayordinates, layout.grayordinates + layout.columns,
                     request.labels.grayordinate.begin()));
    CHECK(std::equal(layout.groups, layout.groups + layout.columns, request.labels.group.begin()));
    CHECK(corticast_encoder_column_name(handle.get(), 1) == request.labels.roi[1]);
    CHECK(corticast_encoder_column_name(handle.get(), layout.columns) == nullptr);
    CHECK(corticast_encoder_target_name(handle.get(), 0) == std::string("NSD-03"));
    CHECK(corticast_encoder_target_dataset(handle.get(), 0) == std::string("NaturalScenesDataset"));
    CHECK(corticast_encoder_target_subject(handle.get(), 0) == std::string("sub-03"));
    CHECK(corticast_encoder_target_name(handle.get(), 1) == nullptr);
  }
  spec.expand = false;
  spec.reduce = options.reduce = "roi-mean";
  options.expand = 0;
  const EncoderHandle means = encoder(visual_model(), options);
  CHECK(same(encode(means, images_of(one)), computed(visual_model(), spec, one)));
  CHECK(layout_of(means).grayordinates == nullptr);
  CHECK(corticast_encoder_column_name(means.get(), 0) ==
        resolve_request(model.info(), spec).reduction->names[0]);

  corticast_options all = small_options();
  all.roi = nullptr;
  const EncoderHandle plain = encoder(plain_model(), all);
  CHECK(layout_of(plain).columns == 40);
  CHECK(layout_of(plain).grayordinates == nullptr);
  CHECK(corticast_encoder_column_name(plain.get(), 0) == std::string());
  CHECK(corticast_encoder_target_name(plain.get(), 0) == std::string("readout"));
  CHECK(corticast_encoder_target_dataset(plain.get(), 0) == std::string());
}

TEST_CASE("encoders work at the same time, and one takes its callers in turn") {
  const std::vector<Picture> some = pictures(7);
  const std::vector<corticast_image> images = images_of(some);
  const Arrays expected = computed(visual_model(), small_spec(), some);
  const EncoderHandle shared = encoder(visual_model(), small_options());
  const EncoderHandle other = encoder(visual_model(), small_options());
  std::vector<Arrays> results;
  for (int i = 0; i < 4; ++i) results.push_back(arrays_for(shared, 7));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] {
      const std::vector<float*> firsts = pointers(results[i]);
      for (int again = 0; again < 3; ++again) {
        corticast_encode_images((i < 3 ? shared : other).get(), images.data(), 7, firsts.data());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Arrays& result : results) CHECK(same(result, expected));
}

TEST_CASE("a callback stops a call, and the encoder goes on as before") {
  const std::vector<Picture> some = pictures(30);
  const std::vector<corticast_image> images = images_of(some);
  struct Watch {
    std::size_t stop_at = 0;
    std::vector<std::size_t> seen;
    std::vector<std::string> log;
  } watch;
  corticast_options options = small_options();
  options.user = &watch;
  options.log = [](const char* message, void* user) {
    static_cast<Watch*>(user)->log.emplace_back(message);
  };
  options.progress = [](std::size_t done, std::size_t total, void* user) {
    Watch& w = *static_cast<Watch*>(user);
    w.seen.push_back(done);
    if (w.stop_at == 99) throw std::runtime_error("thrown by a callback");
    return total == 30 && done >= w.stop_at ? 1 : 0;
  };
  const EncoderHandle handle = encoder(visual_model(), options);
  REQUIRE(watch.log.size() == 1);
  CHECK_THAT(watch.log[0], contains("UNTRAINED"));

  watch.stop_at = 31;
  const Arrays all = encode(handle, images);
  CHECK(watch.seen == std::vector<std::size_t>{4, 8, 12, 16, 20, 24, 28, 30});

  watch.seen.clear();
  watch.stop_at = 8;
  Arrays arrays = arrays_for(handle, 30);
  CHECK(corticast_encode_images(handle.get(), images.data(), 30, pointers(arrays).data()) ==
        CORTICAST_STOPPED);
  CHECK_THAT(corticast_last_error(), contains("of 30 images"));
  const std::size_t done = watch.seen.back();
  CHECK(done >= 8);
  REQUIRE(done < 30);
  CHECK(same(rows(arrays, done, 30), rows(all, done, 30)));
  CHECK(arrays[0][done * layout_of(handle).columns] == -7);

  watch.stop_at = 31;
  CHECK(same(encode(handle, images), all));
  // Nothing leaves a call; batches in flight are forgotten with the program that had them.
  watch.stop_at = 99;
  CHECK(corticast_encode_images(handle.get(), images.data(), 30, pointers(arrays).data()) ==
        CORTICAST_INTERNAL);
  CHECK_THAT(corticast_last_error(), contains("thrown by a callback"));
  watch.stop_at = 30;  // there is nothing left to stop
  CHECK(same(encode(handle, images), all));
}
